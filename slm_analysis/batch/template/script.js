// Tables that can be sorted, and on the index searched. Without it everything can be read as well.
(() => {
  const NUMBER = /[−+-]?\d[\d,]*(\.\d+)?/;
  const SHARE = /\d[\d.]*%/;
  const OF = / of |\d\/\d/;
  const UNIT = /\d (h|min|d|days?)\b|\d(小时|分钟|天)/;
  const DATE = /^(\d{1,2} )?\p{L}+ \d{4}$/u;
  const CHINESE_DATE = /^(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?$/;
  const CHANCE = /(?<part>\d[\d,]*) (?:(?:chance|case)s? )?in (?<all>\d[\d,]*)/;
  const CHINESE_CHANCE = /(?<all>\d[\d,]*)次中\D*(?<part>\d[\d,]*)次/;
  const LATIN = /^[\x21-\x7e]+$/; // in words, which are found by how they begin
  const collator = new Intl.Collator(undefined, {numeric: true});
  const words = text => text.normalize('NFKC').toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const value = text => Number(text.replace('−', '-').replaceAll(',', ''));

  // "5 October 2026", "October 2026" or "2026年10月" in milliseconds; else not a number.
  function day(text) {
    const [, year, month, date = 1] = text.match(CHINESE_DATE) ?? [];
    if (year) return new Date(year, month - 1, date).getTime();
    return DATE.test(text) ? Date.parse(text.replace(/^\p{L}/u, '1 $&')) : NaN;
  }

  // Number and kind of a cell: a share does not compare with a score or a time.
  function measured(cell) {
    const text = (cell.querySelector('.p') ?? cell).textContent.trim();
    const chance = (text.match(CHANCE) ?? text.match(CHINESE_CHANCE))?.groups;
    if (chance) return {number: value(chance.part) / value(chance.all), kind: ''};
    const share = (OF.test(text) && text.match(SHARE)?.[0]) || text; // "276 of 312, 88.5%"
    const found = share.match(NUMBER);
    const [, english, chinese] = share.match(UNIT) ?? [];
    const unit = share.includes('%') ? '%' : english ?? chinese ?? '';
    return found && {number: value(found[0]), kind: unit};
  }

  function compared(cells) {
    const texts = cells.map(cell => cell.textContent.trim());
    const days = texts.map(day);
    if (!days.some(Number.isNaN)) return days.map(number => ({number, kind: ''}));
    if (cells.some(cell => cell.matches('.num') || cell.querySelector('.p'))) return cells.map(measured);
    return texts.map(text => text && {text});
  }

  function order(a, b) {
    return a.text === undefined
      ? collator.compare(a.kind, b.kind) || a.number - b.number
      : collator.compare(a.text, b.text);
  }

  // A heading sorts upwards, then downwards, then as the report has it; what is empty stays last.
  function sorted(heading, rows) {
    const next = {none: 'ascending', ascending: 'descending', descending: 'none'};
    const to = next[heading.getAttribute('aria-sort') ?? 'none'];
    for (const other of heading.parentElement.cells) other.removeAttribute('aria-sort');
    if (to === 'none') return rows;
    heading.setAttribute('aria-sort', to);
    const side = to === 'ascending' ? 1 : -1;
    const keys = compared(rows.map(row => row.cells[heading.cellIndex]));
    return rows
      .map((row, at) => ({row, key: keys[at]}))
      .sort((a, b) => (a.key && b.key ? side * order(a.key, b.key) : !a.key - !b.key))
      .map(({row}) => row);
  }

  // Of many rows the first are shown, in whatever order; the search looks at all of them.
  const FEW = 25; // as in the style sheet
  for (const table of document.querySelectorAll('table:is(.m, .r)')) {
    const number = table.tBodies[0].rows.length;
    if (number <= FEW) continue;
    const note = document.createElement('p');
    const told = document.createElement('span');
    const button = document.createElement('button');
    const fold = short => {
      table.classList.toggle('short', short);
      const {first, every, more, less} = table.dataset;
      const text = short ? first : every;
      told.textContent = `${text.replace('{few}', FEW).replace('{all}', number)} `;
      button.textContent = short ? more : less;
    };
    note.className = 'note more';
    note.append(told, button);
    button.addEventListener('click', () => fold(!table.classList.contains('short')));
    fold(true);
    table.parentElement.after(note);
  }

  for (const table of document.querySelectorAll('table.t, table.m')) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    if (rows.length < 2) continue;
    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement('button');
      button.append(...heading.childNodes);
      button.addEventListener('click', () => body.append(...sorted(heading, rows)));
      heading.append(button);
    }
  }

  // What has to be scrolled sideways can be by keyboard.
  for (const area of document.querySelectorAll('.scroll')) {
    if (area.scrollWidth <= area.clientWidth) continue;
    area.tabIndex = 0;
    area.setAttribute('role', 'group');
    area.setAttribute('aria-label', area.querySelector('caption').textContent);
  }

  // The search of the index: rows that hold all words, and the units that they belong to.
  const matrix = document.querySelector('table.m');
  if (!matrix) return;
  const unit = row => row.cells[0].textContent;
  const rows = [...document.querySelectorAll(':is(.m, .r, .big .t) > tbody > tr')];
  const details = document.querySelectorAll('details.big');
  const label = document.createElement('label');
  const field = document.createElement('input');
  const told = document.createElement('output');
  field.type = 'search';
  label.append(`${matrix.dataset.search} `, field);
  matrix.parentElement.before(label, told);
  label.className = told.className = 'find';

  field.addEventListener('input', () => {
    const wanted = words(field.value);
    const hit = row => {
      const text = ` ${words([...row.cells].map(cell => cell.textContent).join(' ')).join(' ')}`;
      return wanted.every(word => text.includes(LATIN.test(word) ? ` ${word}` : word));
    };
    const hits = new Set(rows.filter(hit));
    const units = new Set([...hits].map(unit));
    for (const row of rows)
      row.hidden = !(row.closest('.m, .r') ? units.has(unit(row)) : hits.has(row));
    for (const fold of details) fold.open = wanted.length > 0;
    document.body.classList.toggle('searched', wanted.length > 0);
    const all = matrix.tBodies[0].rows;
    const left = [...all].filter(row => !row.hidden).length;
    const found = matrix.dataset.found.replace('{left}', left).replace('{all}', all.length);
    told.textContent = wanted.length ? found : '';
  });
})();
