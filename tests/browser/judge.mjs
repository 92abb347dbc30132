// Judges a page of `onehead graph --format html` in a real Chromium.
//
//   node judge.mjs CASE PAGE [FACTS]     FACTS: the JSON of `onehead history` for the same project, or what the case needs
//
// ONEHEAD_TEST_BROWSER_MODULES is a folder with playwright-core and axe-core, ONEHEAD_TEST_CHROMIUM the browser. What does
// not hold is an exception, and ends with exit status 1. Work is counted here, never timed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const modules = createRequire(`${process.env.ONEHEAD_TEST_BROWSER_MODULES}/`);
const { chromium } = modules('playwright-core');
const [name, page, facts] = process.argv.slice(2);
const address = pathToFileURL(page).href;
const given = facts ? JSON.parse(readFileSync(facts, 'utf8')) : null;

const browser = await chromium.launch({
  executablePath: process.env.ONEHEAD_TEST_CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

/// A tab with the page, and what it complained about or asked for; `close` asserts that it was nothing.
async function tab(options = {}, fragment = '') {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
  const tab = await context.newPage();
  const complaints = [];
  tab.on('console', (message) => complaints.push(`console: ${message.text()}`));
  tab.on('pageerror', (error) => complaints.push(`error: ${error}`));
  tab.on('dialog', (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  tab.on('request', (request) => {
    const url = request.url();
    if (url.split('#')[0] !== address && !url.startsWith('data:image/svg+xml')) complaints.push(`request: ${url}`);
  });
  await tab.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`));
  });
  await tab.goto(address + fragment);
  tab.close = async () => {
    assert.deepEqual(complaints, []);
    await context.close();
  };
  return tab;
}

const chosenIds = (tab, selector) => tab.$$eval(selector, (items) => items.map((item) => item.querySelector('.id').textContent).sort());
const focused = (tab) => tab.evaluate(() => document.activeElement.querySelector?.('.id, .of b')?.textContent ?? document.activeElement.id);
const count = (tab) => tab.textContent('#count');
const status = (tab) => tab.textContent('#status');
const rowOf = (id) => `li.rev[id="rev-${id}"]`;
const summaryOf = (id) => `${rowOf(id)} > details > summary`;
/// Waits until what was typed has been looked for.
const settled = (tab) => tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const shows = (tab, selector) => tab.$eval(selector, (item) => item.checkVisibility());
const overflow = (tab) => tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/// All that follows an id by `next`, itself left out, sorted.
function closure(id, next) {
  const seen = new Set();
  const left = [id];
  while (left.length) for (const one of next(left.pop())) if (!seen.has(one)) { seen.add(one); left.push(one); }
  seen.delete(id);
  return [...seen].sort();
}

/// The first environment of the facts, with who follows whom; a dependency counts, since an upgrade runs it too.
function histories() {
  const revisions = given.environments[0].revisions;
  const older = new Map(revisions.map((one) => [one.revision, [...one.down_revision, ...one.depends_on]]));
  const newer = new Map(revisions.map((one) => [one.revision, []]));
  for (const [id, parents] of older) for (const parent of parents) newer.get(parent).push(id);
  return { revisions, older: (id) => older.get(id), newer: (id) => newer.get(id) };
}

async function axe(tab, what) {
  // Its script is no part of the page: it is run by the browser's own hand, which the policy of the page does not bind.
  await tab.evaluate(readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await tab.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const told = violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} ${node.failureSummary}`));
  assert.deepEqual(told.slice(0, 5), [], what);
}

const cases = {
  /// The whole history is there, in Alembic's order, and nothing is asked of the network.
  async whole() {
    const page = await tab();
    const shown = await page.$$eval('li.rev:not(.ghost)', (items) => items.map((item) => [
      item.querySelector('.id').textContent, item.querySelector('.message').textContent, item.querySelector('.path')?.textContent ?? '']));
    const told = given.environments.flatMap((one) => one.revisions).map((one) => [one.revision, one.message.trim().split('\n')[0] || 'no message', one.path]);
    assert.deepEqual(shown.map(String).sort(), told.map(String).sort());
    for (const summary of await page.$$('.history > li > details > summary')) await summary.click();
    await page.close();
  },

  /// Each environment has a place of its own, and so has a revision whose id is in both.
  async several() {
    const page = await tab();
    const names = given.environments.map((one) => one.name);
    assert.equal(names.length, 2);
    assert.deepEqual(await page.$$eval('nav a', (links) => links.map((link) => link.textContent)), names);
    assert.deepEqual(await page.$$eval('h2', (all) => all.map((one) => one.textContent)), names);
    await page.click('nav a >> nth=1');
    assert.equal(await page.$eval('section:target h2', (one) => one.textContent), names[1]);
    const anchors = await page.$$eval('[id]', (all) => all.map((one) => one.id));
    assert.equal(new Set(anchors).size, anchors.length);
    for (const at of [0, 1]) {
      await page.click(`section >> nth=${at} >> li.rev >> nth=0`);
      assert.deepEqual(await page.$$eval('section', (all) => all.map((one) => one.querySelectorAll('.kin').length)), at ? [0, 2] : [2, 0]);
    }
    await page.fill('#search', 'aa');
    await settled(page);
    assert.equal(await count(page), '1 of 2');
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    await axe(page, 'several');
    await page.close();
  },

  async search() {
    const { revisions } = histories();
    const page = await tab();
    const [word, inFile] = [given.word, given.file];
    const matches = revisions.filter((one) => `${one.revision}\n${one.message}\n${one.path}`.toLowerCase().includes(word));
    assert.ok(matches.length > 2, 'the case needs several matches');
    await page.keyboard.press('/');
    assert.equal(await focused(page), 'search');
    await page.keyboard.type(word.toUpperCase());
    await settled(page);
    assert.equal(await count(page), `1 of ${matches.length}`);
    const order = await chosenIdsInOrder(page, 'li.hit');
    assert.equal(order.length, matches.length);
    const now = () => page.$eval('li.now .id', (item) => item.textContent);
    assert.equal(await now(), order[0]);
    await page.keyboard.press('Enter');
    assert.equal(await count(page), `2 of ${matches.length}`);
    assert.equal(await now(), order[1]);
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    assert.equal(await count(page), `${matches.length} of ${matches.length}`);
    // Whichever it is, it is on the screen.
    for (let at = 0; at < matches.length; at += 1) {
      await page.keyboard.press('Enter');
      const box = await (await page.$('li.now summary')).boundingBox();
      assert.ok(box && box.y >= 0 && box.y < 800, `match ${at} is out of sight: ${JSON.stringify(box)}`);
    }
    await page.click('#next');
    await page.click('#previous');
    assert.equal(await focused(page), 'previous');
    // What only the name of a file has.
    await page.fill('#search', inFile);
    await settled(page);
    assert.equal(await count(page), '1 of 1');
    // Several words, each somewhere.
    await page.fill('#search', `${word} ${matches[0].revision}`);
    await settled(page);
    assert.deepEqual(await chosenIds(page, 'li.hit'), [matches[0].revision]);
    await page.fill('#search', 'nowhere at all');
    await settled(page);
    assert.equal(await count(page), 'no match');
    assert.ok(await page.isDisabled('#next'));
    await page.press('#search', 'Escape');
    assert.equal(await page.inputValue('#search'), '');
    assert.equal(await count(page), '');
    assert.deepEqual(await chosenIds(page, 'li.hit'), []);
    await page.close();
  },

  async fold() {
    const page = await tab();
    const runs = await page.$$('.run > details');
    assert.ok(runs.length > 0, 'the case needs a run');
    const inside = '.run li.rev .id';
    assert.equal(await shows(page, inside), false);
    const told = await page.textContent('.run .of b');
    const held = await page.$eval('.run', (run) => run.querySelectorAll('li.rev').length);
    assert.equal(told, `${held} revisions`);
    await page.click('.run summary');
    assert.equal(await shows(page, inside), true);
    await page.click('.run summary');
    assert.equal(await shows(page, inside), false);
    await page.click('#unfold');
    assert.ok(await page.$$eval('.run > details', (all) => all.every((one) => one.open)));
    assert.equal(await status(page), 'all runs unfolded');
    await page.click('#fold');
    assert.ok(await page.$$eval('.run > details', (all) => all.every((one) => !one.open)));
    // A match unfolds its run, and the run folds again when the search moves on.
    const [hidden, first] = await page.$$eval('li.rev', (rows) => [rows.find((row) => row.closest('.run')), rows.find((row) => !row.closest('.run'))]
      .map((row) => row.querySelector('.id').textContent));
    await page.fill('#search', hidden);
    await settled(page);
    assert.equal(await shows(page, `${rowOf(hidden)} .id`), true);
    assert.equal(await page.textContent('.run .matches'), '1 match');
    await page.fill('#search', first);
    await settled(page);
    assert.equal(await shows(page, `${rowOf(hidden)} .id`), false);
    await page.fill('#search', hidden);
    await settled(page);
    await page.press('#search', 'Escape');
    assert.equal(await shows(page, `${rowOf(hidden)} .id`), false);
    assert.equal(await shows(page, '.history summary[tabindex="0"]'), true);
    // Paper has no folds.
    await page.emulateMedia({ media: 'print' });
    assert.equal(await shows(page, `${rowOf(hidden)} .id`), true);
    await page.close();
  },

  /// Ancestors and descendants are those that the history has, by pointer and by keyboard.
  async highlight() {
    const { revisions, older, newer } = histories();
    const follows = (id) => revisions.find((one) => one.revision === id).down_revision;
    const page = await tab();
    await page.click('#unfold');
    const step = Math.max(1, Math.floor(revisions.length / 7));
    for (let at = 0; at < revisions.length; at += step) {
      const id = revisions[at].revision;
      const [before, after] = [closure(id, older), closure(id, newer)];
      if (at % 2) await page.click(summaryOf(id));
      else { await page.focus(summaryOf(id)); await page.keyboard.press('Enter'); }
      assert.deepEqual(await chosenIds(page, 'li.rev.kin:not(.self)'), [...before, ...after].sort(), id);
      assert.deepEqual(await chosenIds(page, 'li.rev.above'), after, id);
      assert.deepEqual(await chosenIds(page, 'li.rev.self'), [id]);
      // Of the lines between them each leaves its upper row once.
      const lines = [...before, id].flatMap(follows).length
        + after.flatMap((one) => follows(one).filter((parent) => parent === id || after.includes(parent))).length;
      const lit = await page.$$eval('path.lit', (all) => all.map((one) => one.dataset.is[0]));
      assert.equal(lit.filter((kind) => kind === 'l').length, lines, `lines at ${id}`);
      assert.ok(!lines || lit.includes('a'));
      const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
      assert.equal(await status(page), `${id}: ${counted(before.length, 'ancestor')}, ${counted(after.length, 'descendant')}`);
      assert.equal(await shows(page, `${rowOf(id)} dl`), true);
      assert.ok((await page.evaluate(() => decodeURIComponent(location.hash))).startsWith('#rev-'));
    }
    await page.keyboard.press('Escape');
    assert.deepEqual(await chosenIds(page, 'li.rev.kin'), []);
    assert.equal(await page.$('path.lit'), null);
    // Whoever marks a text wants to copy it, and chooses nothing.
    const box = await (await page.$(`${rowOf(revisions[1].revision)} .message`)).boundingBox();
    await page.mouse.move(box.x + 2, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 2, box.y + 8, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await page.evaluate(() => String(getSelection())), '');
    assert.deepEqual(await chosenIds(page, 'li.rev.kin'), []);
    await page.evaluate(() => getSelection().removeAllRanges());
    // A second choice of the same takes it back.
    const id = revisions[0].revision;
    await page.$eval(`${rowOf(id)} > details`, (details) => { details.open = false; });
    await page.click(summaryOf(id));
    await page.click(summaryOf(id));
    assert.deepEqual(await chosenIds(page, 'li.rev.kin'), []);
    assert.equal(await shows(page, `${rowOf(id)} dl`), false);
    await page.close();
  },

  async copy() {
    const { revisions } = histories();
    const { revision, path } = revisions[0];
    const page = await tab({ permissions: ['clipboard-read', 'clipboard-write'] });
    const pasted = () => page.evaluate(() => navigator.clipboard.readText());
    await page.click(summaryOf(revision));
    const button = (label) => `${rowOf(revision)} .tools button:text-is("${label}")`;
    // It says that it was done, for a moment.
    const press = (label) => Promise.all([page.waitForSelector(button('Copied')), page.click(button(label))]);
    const said = (words) => page.waitForFunction((told) => document.getElementById('status').textContent === told, words);
    await press('Copy id');
    assert.equal(await pasted(), revision);
    await said(`copied id ${revision}`);
    await page.waitForSelector(button('Copy id'));
    await press('Copy path');
    assert.equal(await pasted(), path);
    await page.waitForSelector(button('Copy path'));
    await press('Copy link');
    assert.equal(await pasted(), `${address}#rev-${revision}`);
    // By a key, wherever one is.
    const other = revisions[1].revision;
    await page.focus(summaryOf(other));
    await page.keyboard.press('y');
    await said(`copied id ${other}`);
    assert.equal(await pasted(), other);
    // Without the interface, as on a page of plain http.
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
    await page.focus(summaryOf(revision));
    await page.keyboard.press('y');
    await said(`copied id ${revision}`);
    assert.equal(await focused(page), revision);
    await page.evaluate(() => { delete navigator.clipboard; });
    assert.equal(await pasted(), revision);
    assert.equal(await page.$('textarea'), null);
    await page.close();
  },

  async keyboard() {
    const { revisions, newer } = histories();
    const page = await tab();
    const visible = await page.$$eval('.history > li', (items) => items.map((item) => (item.querySelector('.of b') ?? item.querySelector('.id')).textContent));
    // One stop of the tab key, whatever the length of the history.
    assert.equal(await page.$$eval('.history summary[tabindex="0"]', (all) => all.length), 1);
    await page.keyboard.press('j');
    assert.equal(await focused(page), visible[1]);
    for (const [at, key] of ['ArrowDown', 'j', 'k', 'ArrowUp'].entries()) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), visible[[2, 3, 2, 1][at]], key);
    }
    await page.keyboard.press('End');
    assert.equal(await focused(page), visible.at(-1));
    await page.keyboard.press('Home');
    assert.equal(await focused(page), visible[0]);
    await page.keyboard.press('k');
    assert.equal(await focused(page), visible[0]);
    // Parents and children, into folded runs too.
    let id = revisions[0].revision;
    await page.focus(summaryOf(id));
    for (let steps = 0; steps < 12 && revisions.find((one) => one.revision === id).down_revision.length; steps += 1) {
      const parents = revisions.find((one) => one.revision === id).down_revision;
      await page.keyboard.press('p');
      id = await focused(page);
      assert.ok(parents.includes(id), id);
    }
    await page.keyboard.press('c');
    assert.ok(newer(id).includes(await focused(page)));
    await page.focus(summaryOf(revisions[0].revision));
    await page.keyboard.press('c');
    assert.equal(await status(page), 'no child');
    // To the right it opens, to the left it closes, and a run is left to its own row.
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await chosenIds(page, 'li.self'), [revisions[0].revision]);
    await page.keyboard.press('ArrowLeft');
    assert.deepEqual(await chosenIds(page, 'li.self'), []);
    await page.click('#fold');
    await page.focus('.run summary');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.$eval('.run > details', (run) => run.open), true);
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => Boolean(document.activeElement.closest('.run li.rev'))), true);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.$eval('.run > details', (run) => run.open), false);
    // Keys with a modifier belong to the browser, letters in the search to the search.
    const before = await focused(page);
    await page.keyboard.press('Control+j');
    assert.equal(await focused(page), before);
    await page.fill('#search', '');
    await page.focus('#search');
    await page.keyboard.type('jkpcy');
    assert.equal(await page.inputValue('#search'), 'jkpcy');
    await page.close();
  },

  async link() {
    const plain = await tab();
    const id = await plain.$eval('.run li.rev', (row) => row.id);
    await plain.close();
    // Into a folded run.
    const page = await tab({}, `#${id}`);
    await page.waitForSelector(`li[id="${id}"].self`);
    const box = await (await page.$(`li[id="${id}"] summary`)).boundingBox();
    assert.ok(box.y > 0 && box.y < 800, JSON.stringify(box));
    assert.equal(await page.$eval('.run > details', (run) => run.open), true);
    // From one revision to its parent, and back by the button of the browser.
    const link = await page.$(`li[id="${id}"] dd a`);
    const target = decodeURIComponent((await link.getAttribute('href')).slice(1));
    await link.click();
    await page.waitForSelector(`li[id="${target}"].self`);
    await page.goBack();
    await page.waitForSelector(`li[id="${id}"].self`);
    await page.close();
    const nowhere = await tab({}, '#rev-nowhere%ZZ');
    assert.deepEqual(await chosenIds(nowhere, 'li.self'), []);
    await nowhere.close();
  },

  /// Nothing is wider than the window, folded, unfolded, with a revision chosen and its neighbours.
  async width() {
    for (const width of [320, 360, 800, 1440]) {
      const page = await tab({ viewport: { width, height: 800 } });
      assert.ok(await overflow(page) <= 0, `${width}: wider by ${await overflow(page)}`);
      await page.click('#unfold');
      for (const at of [0, 1, 2]) {
        const summary = (await page.$$('li.rev > details > summary'))[at];
        await summary?.click();
      }
      await page.fill('#search', 'a');
      await settled(page);
      await page.click('.keys summary');
      assert.ok(await overflow(page) <= 0, `${width}, open: wider by ${await overflow(page)}`);
      await page.close();
    }
  },

  /// What axe knows of accessibility, contrast in both schemes included.
  async accessible() {
    for (const colorScheme of ['light', 'dark']) {
      const page = await tab({ colorScheme, viewport: { width: 1000, height: 3000 } });
      await axe(page, colorScheme);
      await page.fill('#search', given.word);
      await settled(page);
      await page.press('#search', 'ArrowDown');
      await page.keyboard.press('Enter');
      await page.click('.keys summary');
      await axe(page, `${colorScheme}, chosen`);
      await page.close();
    }
    const schemes = [];
    for (const colorScheme of ['light', 'dark']) {
      const page = await tab({ colorScheme });
      schemes.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await page.close();
    }
    assert.notEqual(schemes[0], schemes[1]);
    // What a screen reader is told: landmarks, headings, a list of revisions; the lanes are no part of it.
    const page = await tab();
    const tree = await page.locator('body').ariaSnapshot();
    for (const part of ['heading "Migration history" [level=1]', 'main:', 'searchbox "Search ids, messages and file names"', 'listitem']) {
      assert.ok(tree.includes(part), `${part} is not in\n${tree.slice(0, 2000)}`);
    }
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => location.hash), '#main');
    const motion = await tab({ reducedMotion: 'reduce' });
    const moving = await motion.$$eval('*', (all) => all.filter((one) => getComputedStyle(one).transitionDuration !== '0s' || getComputedStyle(one).animationName !== 'none').length);
    assert.equal(moving, 0);
    await motion.close();
    await page.close();
  },

  /// Without JavaScript everything is drawn and can be read; only what needs a script is not there.
  async plain() {
    const page = await tab({ javaScriptEnabled: false });
    assert.equal(await page.locator('.bar').isVisible(), false);
    const told = given.environments.flatMap((one) => one.revisions);
    assert.equal(await page.locator('li.rev:not(.ghost)').count(), told.length);
    const run = page.locator('.run').first();
    if (await run.count()) {
      const inside = run.locator('li.rev .id').first();
      assert.equal(await inside.isVisible(), false);
      await run.locator('summary').first().click();
      assert.equal(await inside.isVisible(), true);
    }
    const first = page.locator('.history > li.rev').first();
    assert.equal(await first.locator('svg').first().isVisible(), true);
    await first.locator('summary').click();
    assert.equal(await first.locator('dl').isVisible(), true);
    assert.equal(await first.locator('.path').isVisible(), true);
    const hidden = await page.locator('.run li.rev').first().getAttribute('id');
    await page.close();
    // A link leads into a folded run.
    const linked = await tab({ javaScriptEnabled: false }, `#${hidden}`);
    assert.equal(await linked.locator(`li[id="${hidden}"] .id`).isVisible(), true);
    await linked.close();
  },

  /// Text of a repository is text, whatever it looks like.
  async hostile() {
    const page = await tab();
    const told = given.environments[0].revisions;
    assert.ok(told.length > 5);
    await page.click('#unfold');
    for (const row of await page.$$('li.rev > details > summary')) await row.click();
    const shown = await page.$$eval('li.rev:not(.ghost)', (items) => items.map((item) => item.querySelector('.message').textContent));
    assert.deepEqual(shown.sort(), given.messages.sort());
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    assert.deepEqual(await page.$$eval('body img, body iframe, body b[onclick], body style, body script', (all) => all.map((one) => one.localName)), ['script']);
    const handlers = await page.$$eval('*', (all) => all.flatMap((one) => one.getAttributeNames()).filter((one) => one.startsWith('on') || one === 'style'));
    assert.deepEqual(handlers, []);
    const text = await page.evaluate(() => document.body.innerText + document.body.innerHTML);
    assert.equal(/[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0000-\u0008\u001b]/.test(text), false);
    for (const word of ['<script', '"', "'", '&', '</script>', '<!--']) {
      await page.fill('#search', word);
      await settled(page);
      assert.ok(/^1 of/.test(await count(page)), word);
    }
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      assert.ok(await overflow(page) <= 0, `${width}: wider by ${await overflow(page)}`);
    }
    await page.close();
  },

  /// Work at thousands of revisions, counted: nodes that change, styles and layouts that are made anew.
  async large() {
    const { revisions } = histories();
    const page = await tab();
    const tools = await page.context().newCDPSession(page);
    await tools.send('Performance.enable');
    const metric = async (name) => (await tools.send('Performance.getMetrics')).metrics.find((one) => one.name === name).value;
    await page.evaluate(() => {
      globalThis.changes = 0;
      new MutationObserver((records) => { globalThis.changes += records.length; })
        .observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    const cost = async (act) => {
      await settled(page);
      const before = [await page.evaluate(() => { globalThis.changes = 0; return 0; }), await metric('LayoutCount')];
      await act();
      await settled(page);
      return { changes: await page.evaluate(() => globalThis.changes), layouts: await metric('LayoutCount') - before[1] };
    };
    assert.equal(await page.$$eval('li.rev', (all) => all.length), revisions.length);
    await page.click('#unfold');
    await page.focus('.history summary');
    const move = await cost(() => page.keyboard.press('j'));
    assert.ok(move.changes <= 4 && move.layouts <= 6, `a step: ${JSON.stringify(move)}`);
    const middle = revisions[Math.floor(revisions.length / 2)].revision;
    await page.evaluate((id) => document.getElementById(`rev-${id}`).scrollIntoView(), middle);
    // Every row and every piece of a line at most once.
    const drawn = await page.$$eval('li.rev, .history path', (all) => all.length);
    const choice = await cost(() => page.click(summaryOf(middle)));
    assert.ok(choice.changes <= drawn + 20 && choice.layouts <= 12, `a choice: ${JSON.stringify(choice)}`);
    const search = await cost(() => page.fill('#search', 'a'));
    assert.ok(search.changes <= revisions.length + 600 && search.layouts <= 12, `a search: ${JSON.stringify(search)}`);
    const next = await cost(() => page.press('#search', 'Enter'));
    assert.ok(next.changes <= 12 && next.layouts <= 8, `the next match: ${JSON.stringify(next)}`);
    // What is out of sight is not drawn: of the rows only a screen and a margin have a layout of their own.
    assert.equal(await page.$eval('li.rev', (row) => getComputedStyle(row).contentVisibility), 'auto');
    await page.close();
  },

  /// What is wrong is drawn too: `given.expected` lists for each word of a badge the ids that carry it.
  async defects() {
    const page = await tab();
    for (const [word, ids] of Object.entries(given.expected)) {
      const shown = await page.$$eval('li.rev', (rows, wanted) => rows
        .filter((row) => [...row.querySelectorAll('summary .badges > *')].some((badge) => badge.textContent === wanted))
        .map((row) => row.querySelector('.id').textContent).sort(), word);
      assert.deepEqual(shown, ids, word);
    }
    await page.click('#unfold');
    for (const row of await page.$$('li.rev > details > summary')) await row.click();
    await axe(page, 'defects');
    await page.close();
  },
};

async function chosenIdsInOrder(tab, selector) {
  return tab.$$eval(selector, (items) => items.map((item) => item.querySelector('.id').textContent));
}

try {
  await cases[name]();
} finally {
  await browser.close();
}
