'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const text = (selector, within) => within.querySelector(selector)?.textContent ?? '';
  const listed = (list) => (list ? list.split(' ') : []);

  // Every row in the order of the page, with what it follows and needs, and what follows and needs it, by position.
  const rows = all('li.rev').map((item, at) => {
    const details = item.firstElementChild;
    // What it follows, as `row:lane`; the lane is missing where the line would close a circle.
    const lines = listed(item.dataset.down).map((line) => line.split(':').map(Number));
    return {
      at, item, details, summary: details.firstElementChild, picture: details.querySelector('svg'),
      run: item.parentElement.closest('.run > details'),
      id: text('.id', item), path: text('.path', item),
      lines, parents: lines.map((line) => line[0]), needs: listed(item.dataset.needs).map(Number),
      children: [], needed: [],
      hay: '',
    };
  });
  for (const row of rows) {
    row.hay = [row.id, text('.whole', row.item) || text('.message', row.item), row.path].join('\n').toLowerCase();
    for (const parent of row.parents) rows[parent].children.push(row.at);
    for (const need of row.needs) rows[need].needed.push(row.at);
  }
  const runs = all('.run > details');
  // What the arrow keys walk through: rows and folded runs.
  const stops = all('.history summary');
  const place = new Map(stops.map((stop, at) => [stop, at]));
  const rowOf = new Map(rows.map((row) => [row.summary, row]));

  const status = document.getElementById('status');
  const say = (words) => { status.textContent = words; };
  const counted = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

  const bar = document.querySelector('.bar');

  // Moving: one stop is in the order of the tab key, the arrow keys do the rest.
  let current = stops[0];
  for (const stop of stops) stop.tabIndex = -1;
  if (current) current.tabIndex = 0;

  const makeCurrent = (stop) => {
    if (current) current.tabIndex = -1;
    current = stop;
    stop.tabIndex = 0;
  };
  const reveal = (row) => { if (row.run && !row.run.open) row.run.open = true; };
  const isShown = (stop) => {
    const run = stop.parentElement.parentElement.parentElement.closest('.run > details');
    return !run || run.open;
  };
  const go = (stop) => {
    makeCurrent(stop);
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: 'nearest' });
  };
  // What is in sight stays where it is.
  const centre = (stop) => {
    const { top, bottom } = stop.getBoundingClientRect();
    if (top < bar.offsetHeight || bottom > innerHeight) stop.scrollIntoView({ block: 'center' });
  };
  const step = (by) => {
    let at = place.get(current) + by;
    while (stops[at] && !isShown(stops[at])) at += by;
    if (stops[at]) go(stops[at]);
  };
  const goToRow = (row) => { reveal(row); go(row.summary); };

  // Choosing: what comes before and after a revision.
  let chosen = null;
  let marked = [];
  const reach = (row, ways) => {
    const seen = new Set([row.at]);
    const left = [row.at];
    while (left.length) {
      const from = rows[left.pop()];
      for (const way of ways) {
        for (const next of from[way]) if (!seen.has(next)) { seen.add(next); left.push(next); }
      }
    }
    seen.delete(row.at);
    return seen;
  };
  const mark = (item, ...classes) => { item.classList.add(...classes); marked.push(item); };
  const clear = () => {
    for (const item of marked) item.classList.remove('kin', 'above', 'self', 'chosen', 'lit');
    marked = [];
    chosen = null;
  };
  const choose = (row) => {
    clear();
    chosen = row;
    const before = reach(row, ['parents', 'needs']);
    const after = reach(row, ['children', 'needed']);
    mark(row.item.closest('.env'), 'chosen');
    for (const at of before) markKin(rows[at], false);
    for (const at of after) markKin(rows[at], !before.has(at));
    mark(row.item, 'kin', 'self');
    light(row, before, after);
    furnish(row, before.size, after.size);
    say(`${row.id}: ${counted(before.size, 'ancestor')}, ${counted(after.size, 'descendant')}`);
  };
  const markKin = (row, isAbove) => {
    const classes = isAbove ? ['kin', 'above'] : ['kin'];
    mark(row.item, ...classes);
    const run = row.run?.parentElement;
    if (run && !run.classList.contains('kin')) mark(run, ...classes);
  };
  // The lines between them: each is made of pieces, one in the picture of every row that it touches.
  const piece = (picture, name) => {
    for (const path of picture.children) if (path.dataset.is === name) return path;
    return null;
  };
  const lightPiece = (picture, name) => {
    const path = piece(picture, name);
    if (path && !path.classList.contains('lit')) mark(path, 'lit');
  };
  const light = (row, before, after) => {
    // Lines that share a lane lead to the same row, so that below the uppermost of them all is lit.
    const lit = new Set();
    for (const at of [row.at, ...before, ...after].sort((one, other) => one - other)) {
      for (const [to, lane] of rows[at].lines) {
        const isWay = after.has(at) ? after.has(to) || to === row.at : before.has(to);
        if (!isWay || lane === undefined) continue;
        lightPiece(rows[at].picture, `l${lane}`);
        if (!lit.has(`${to}:${lane}`)) lightLine(at, to, lane);
        lit.add(`${to}:${lane}`);
      }
    }
  };
  const lightLine = (from, to, lane) => {
    lightPiece(rows[to].picture, `a${lane}`);
    for (let at = from + 1; at < to; at += 1) {
      lightPiece(rows[at].picture, `p${lane}`);
      const run = rows[at].run;
      if (run && run !== rows[at - 1].run) lightPiece(run.querySelector('svg'), `p${lane}`);
    }
  };
  const link = (row) => {
    const address = row ? `#${encodeURIComponent(row.item.id)}` : location.pathname + location.search;
    try { history.replaceState(null, '', address); } catch { /* a page from nowhere has no address */ }
  };
  const open = (row) => {
    row.details.open = true;
    choose(row);
    link(row);
  };
  const shut = (row) => {
    row.details.open = false;
    if (chosen === row) { clear(); link(null); }
  };

  // Copying.
  const copy = async (words, what) => {
    let done = false;
    try { await navigator.clipboard.writeText(words); done = true; } catch { done = copyByHand(words); }
    say(done ? `copied ${what} ${words}` : `${what} could not be copied`);
    return done;
  };
  const copyByHand = (words) => {
    const area = document.createElement('textarea');
    const before = document.activeElement;
    area.value = words;
    area.className = 'unseen';
    area.setAttribute('aria-hidden', 'true');
    document.body.append(area);
    area.select();
    let done = false;
    try { done = document.execCommand('copy'); } catch { /* as false */ }
    area.remove();
    before?.focus({ preventScroll: true });
    return done;
  };
  const copier = (label, words, what) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.addEventListener('click', async () => {
      button.textContent = (await copy(words(), what)) ? 'Copied' : 'Not copied';
      setTimeout(() => { button.textContent = label; }, 1500);
    });
    return button;
  };
  // What only a script can do is added when it is first looked at.
  const furnish = (row, before, after) => {
    const list = row.details.querySelector('dl');
    if (!list.querySelector('.tools')) {
      const tools = document.createElement('dd');
      tools.className = 'tools';
      tools.append(copier('Copy id', () => row.id, 'id'));
      if (row.path) tools.append(copier('Copy path', () => row.path, 'path'));
      tools.append(copier('Copy link', () => location.href.split('#')[0] + `#${encodeURIComponent(row.item.id)}`, 'link'));
      const kin = document.createElement('dd');
      kin.textContent = `${counted(before, 'ancestor')}, ${counted(after, 'descendant')}`;
      const terms = ['Around', 'Copy'].map((word) => Object.assign(document.createElement('dt'), { textContent: word }));
      list.append(terms[0], kin, terms[1], tools);
    }
  };

  // Searching.
  const input = document.getElementById('search');
  const count = document.getElementById('count');
  const steps = all('.step');
  let hits = [];
  let hit = -1;
  let unfolded = null;
  const search = () => {
    for (const row of hits) row.item.classList.remove('hit', 'now', 'elsewhere');
    for (const matches of all('.matches')) matches.remove();
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    hits = words.length ? rows.filter((row) => words.every((word) => row.hay.includes(word))) : [];
    hit = -1;
    const inRuns = new Map();
    for (const row of hits) {
      row.item.classList.add('hit');
      if (row.run) inRuns.set(row.run, (inRuns.get(row.run) ?? 0) + 1);
    }
    for (const [run, number] of inRuns) {
      const matches = document.createElement('span');
      matches.className = 'matches';
      matches.textContent = number === 1 ? '1 match' : `${number} matches`;
      run.querySelector('.of').append(matches);
    }
    underline(words);
    for (const button of steps) button.disabled = !hits.length;
    if (hits.length) show(0);
    else {
      foldAgain(null);
      count.textContent = words.length ? 'no match' : '';
    }
  };
  // The words themselves, where the browser can mark a text without touching it; else, and where there are very many, the
  // whole rows.
  const canMark = typeof Highlight === 'function' && CSS.highlights;
  const underline = (words) => {
    if (!canMark) return;
    const isExact = hits.length <= 3000;
    document.documentElement.classList.toggle('exact', isExact);
    const found = new Highlight();
    for (const row of isExact ? hits : []) {
      const shown = all('.id, .message', row.summary).map((part) => markIn(part.firstChild, words, found));
      row.item.classList.toggle('elsewhere', !shown.some(Boolean));
    }
    CSS.highlights.set('found', found);
  };
  const markIn = (node, words, found) => {
    const before = found.size;
    const lower = node?.nodeType === Node.TEXT_NODE ? node.data.toLowerCase() : '';
    // A few letters have another length in lower case.
    if (!lower || lower.length !== node.data.length) return false;
    for (const word of words) {
      for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
        found.add(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + word.length }));
      }
    }
    return found.size > before;
  };
  const foldAgain = (run) => {
    if (!unfolded || unfolded === run) return;
    const isInUse = unfolded.contains(document.activeElement) || chosen?.run === unfolded;
    if (!isInUse) {
      unfolded.open = false;
      if (unfolded.contains(current)) makeCurrent(unfolded.firstElementChild);
    }
    unfolded = null;
  };
  const show = (at) => {
    if (!hits.length) return;
    hits[hit]?.item.classList.remove('now');
    hit = (at + hits.length) % hits.length;
    const row = hits[hit];
    foldAgain(row.run);
    if (row.run && !row.run.open) { row.run.open = true; unfolded = row.run; }
    row.item.classList.add('now');
    makeCurrent(row.summary);
    centre(row.summary);
    count.textContent = `${hit + 1} of ${hits.length}`;
  };
  let pending = false;
  input.addEventListener('input', () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; search(); });
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') show(hit + (event.shiftKey ? -1 : 1));
    else if (event.key === 'ArrowDown' && hits.length) goToRow(hits[hit]);
    else if (event.key === 'Escape') { input.value = ''; search(); } else return;
    event.preventDefault();
  });
  document.getElementById('previous').addEventListener('click', () => show(hit - 1));
  document.getElementById('next').addEventListener('click', () => show(hit + 1));

  // Folding.
  const foldAll = (isOpen) => {
    for (const run of runs) run.open = isOpen;
    if (!isOpen && current && !isShown(current)) makeCurrent(current.closest('.run > details').firstElementChild);
    say(isOpen ? 'all runs unfolded' : 'all runs folded');
  };
  document.getElementById('unfold').addEventListener('click', () => foldAll(true));
  document.getElementById('fold').addEventListener('click', () => foldAll(false));

  // The pointer.
  document.querySelector('main').addEventListener('click', (event) => {
    const anchor = event.target.closest('a[href^="#rev-"]');
    const row = anchor ? linked(anchor.hash) : rowOf.get(event.target.closest('summary'));
    const stop = event.target.closest('.history summary');
    if (stop) {
      makeCurrent(stop);
      // Whoever marked a text with the pointer wants to copy it.
      const selection = getSelection();
      if (event.detail && selection.type === 'Range' && selection.containsNode(stop, true)) { event.preventDefault(); return; }
    }
    // A link to elsewhere is followed by the browser, which remembers where it came from.
    if (!row || (anchor && linked(location.hash) !== row)) return;
    event.preventDefault();
    if (anchor) arrive(row);
    else if (row.details.open && chosen === row) shut(row);
    else open(row);
  });

  // Links into the page.
  const byId = new Map(rows.map((row) => [row.item.id, row]));
  const linked = (hash) => {
    let name = hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* as it is */ }
    return byId.get(name) ?? rows.find((row) => `rev-${row.id}` === name);
  };
  const arrive = (row) => {
    reveal(row);
    open(row);
    centre(row.summary);
    go(row.summary);
  };
  const follow = () => {
    const row = location.hash.startsWith('#rev-') && linked(location.hash);
    if (row) arrive(row);
  };
  addEventListener('hashchange', follow);

  // The keyboard.
  const into = (way) => {
    const next = rowOf.get(current)?.[way][0];
    if (next !== undefined) goToRow(rows[next]);
    else say(way === 'parents' ? 'no parent' : 'no child');
  };
  const sideways = (isOpen) => {
    const details = current.parentElement;
    const row = rowOf.get(current);
    if (details.open !== isOpen) {
      if (!row) details.open = isOpen;
      else if (isOpen) open(row);
      else shut(row);
    } else if (!isOpen && row?.run) go(row.run.firstElementChild);
    else if (isOpen) step(1);
  };
  const keys = {
    j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
    Home: () => go(stops[0]), End: () => { const last = stops.findLast(isShown); go(last); },
    ArrowRight: () => sideways(true), ArrowLeft: () => sideways(false),
    p: () => into('parents'), c: () => into('children'),
    y: () => { const row = rowOf.get(current); if (row) copy(row.id, 'id'); },
    n: () => show(hit + 1), N: () => show(hit - 1),
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea')) return;
    if (event.key === '/') { input.focus(); input.select(); event.preventDefault(); return; }
    if (event.key === 'Escape') {
      const help = document.querySelector('.keys');
      if (help.open) { help.open = false; help.firstElementChild.focus(); return; }
      if (input.value) { input.value = ''; search(); }
      if (chosen) { clear(); link(null); say('nothing chosen'); }
      return;
    }
    const isFree = event.target === document.body || event.target.closest('.history');
    if (!isFree || !current || !keys[event.key] || event.target.closest('button, a')) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.querySelector('main').addEventListener('focusin', (event) => {
    if (place.has(event.target)) makeCurrent(event.target);
  });
  addEventListener('click', (event) => {
    const help = document.querySelector('.keys');
    if (help.open && !help.contains(event.target)) help.open = false;
  });
  // Paper has no folds; where the style cannot say so, they are opened for it.
  if (!CSS.supports('selector(::details-content)')) {
    let folded = [];
    addEventListener('beforeprint', () => { folded = runs.filter((run) => !run.open); for (const run of folded) run.open = true; });
    addEventListener('afterprint', () => { for (const run of folded) run.open = false; });
  }

  document.documentElement.classList.add('scripted');
  bar.hidden = false;
  // Some browsers keep what was typed when a page is loaded again.
  if (input.value) search();
  follow();
})();
