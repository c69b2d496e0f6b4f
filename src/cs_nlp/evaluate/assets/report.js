"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const name = (id) => data.names[id] || id;
  const percent = (value) => (value * 100).toFixed(0) + "%";

  // tables that sort
  for (const head of document.querySelectorAll("th[data-sort]")) {
    head.tabIndex = 0;
    const sort = () => {
      const table = head.closest("table"), body = table.tBodies[0], place = head.cellIndex;
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[place].dataset.v ?? row.cells[place].textContent;
      const rows = [...body.rows].sort((a, b) => {
        const x = value(a), y = value(b), numbers = head.dataset.sort === "n";
        return numbers ? (x === "" ? -1 : +x) - (y === "" ? -1 : +y) : x.localeCompare(y, "zh");
      });
      if (down) rows.reverse();
      body.append(...rows);
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
  }

  // where the reader is
  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting || !links.has(entry.target.id)) continue;
      for (const link of links.values()) link.classList.remove("here");
      links.get(entry.target.id).classList.add("here");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of document.querySelectorAll("section[id], .cards[id]")) watch.observe(section);

  // mistakes
  const list = document.getElementById("mistakes");
  if (!list) return;
  const field = (id) => document.getElementById(id);
  const fill = (select, values, label) => {
    for (const [value, count] of values) {
      const option = make("option", "", `${label(value)}（${count}）`);
      option.value = value;
      select.append(option);
    }
  };
  const tally = (keys) => {
    const counts = new Map();
    for (const key of keys) counts.set(key, (counts.get(key) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  };
  fill(field("by-kind"), tally(data.mistakes.flatMap((m) => m.kinds)), (kind) => data.kinds[kind] || kind);
  fill(field("by-gold"), tally(data.mistakes.map((m) => m.gold)), name);
  fill(field("by-said"), tally(data.mistakes.map((m) => m.said)), name);
  const haystack = data.mistakes.map((m) => [m.text, m.gold, name(m.gold), m.said, name(m.said), m.source, m.place, m.reason,
    ...m.rules.map((r) => r[0])].join("\n").toLowerCase());

  const heat = (m) => {
    const line = make("div", "heatline");
    const top = Math.max(0.6, ...m.heat.map(Math.abs));
    [...m.text].reduce((at, sign) => {
      let value = 0;
      for (let i = 0; i < sign.length; i++) value += m.heatAt[at + i] || 0;
      const span = make("span", "", sign);
      if (Math.abs(value) > 0.05) {
        const colour = value > 0 ? "var(--bad)" : "var(--good)";
        span.style.background = `color-mix(in srgb, ${colour} ${Math.round(8 + 55 * Math.abs(value) / top)}%, transparent)`;
        span.title = value.toFixed(2);
      }
      line.append(span);
      return at + sign.length;
    }, 0);
    return line;
  };
  const voices = (title, intent, total, items, cls) => {
    const box = make("div");
    const head = make("h4", "", `${title}：${name(intent)}，合计 ${total.toFixed(2)}`);
    box.append(head);
    const top = Math.max(0.01, ...items.map((item) => Math.abs(item[2])));
    for (const [block, feature, value] of items) {
      const row = make("div", "voice"), label = make("span");
      label.append(make("em", "", data.blocks[block] || block), feature);
      label.title = feature;
      const bar = make("i", value < 0 ? "neg" : "");
      bar.style.width = Math.max(2, Math.abs(value) / top * 90) + "px";
      row.append(label, bar, make("b", "", (value > 0 ? "+" : "") + value.toFixed(2)));
      box.append(row);
    }
    return box;
  };
  const explain = (m) => {
    const why = make("div", "why");
    if (m.advice) why.append(make("p", "tip", m.advice));
    if (m.heat.length) {
      // positions of `heat` count characters, those of a JavaScript string 16-bit units
      m.heatAt = [...m.text].flatMap((sign, i) => sign.length > 1 ? [m.heat[i], 0] : [m.heat[i]]);
      why.append(make("h4", "", `逐字：红色推向「${name(m.said)}」，绿色推向「${name(m.gold)}」`), heat(m));
    }
    const facts = make("div", "meta");
    facts.append(
      make("span", "", "候选 " + m.candidates.map(([id, score]) => `${name(id)} ${score.toFixed(2)}`).join("，")),
      make("span", "", `认识 ${percent(m.known)} 的字词`), make("span", "", `能独立看懂 ${percent(m.clear)}`),
      make("span", "", `${data.plain ? "接受" : "直接回答"}要 ${m.direct.toFixed(2)}`));
    if (!data.plain) facts.append(make("span", "", `依据 ${m.reason}`));
    why.append(make("h4", "", "判断"), facts);
    if (m.rules.length) {
      why.append(make("h4", "", "触发的规则"));
      for (const [id, note, quote, source] of m.rules) {
        const row = make("div");
        row.append(make("code", "", id), ` ${quote ? "「" + quote + "」" : ""} ${note} `, make("span", "id", source));
        why.append(row);
      }
    }
    const both = make("div", "voices");
    m.voices.forEach(([intent, , total, items], i) =>
      both.append(voices(i === 0 && intent === m.said ? "支持预测" : "支持正确", intent, total, items)));
    why.append(both);
    return why;
  };
  const card = (m) => {
    const box = make("details", "mistake"), head = make("summary"), tags = make("div"), meta = make("div", "meta");
    for (const kind of m.kinds) tags.append(make("span", "tag " + (kind.startsWith("answered") || kind === "severity_under" ? "bad" : "warn"), data.kinds[kind]), " ");
    head.append(make("div", "words", m.text), tags, meta);
    const right = make("span"), said = make("span");
    right.append("应为 ", make("b", "g", [m.gold, ...m.others].map(name).join(" / ")));
    said.append("判为 ", make("b", m.said === m.gold || m.others.includes(m.said) ? "g" : "s", name(m.said)), ` ${m.score.toFixed(2)}`);
    meta.append(right, said);
    if (m.gold_severity && m.gold_severity !== m.severity) meta.append(make("span", "", `级别 应 ${m.gold_severity} 判 ${m.severity}`));
    meta.append(make("span", "", data.plain ? (m.answered ? "接受" : "拒绝") : data.actions[m.action] || m.action));
    if (m.place) meta.append(make("span", "", m.place));
    box.append(head);
    box.addEventListener("toggle", () => { if (box.open && box.children.length === 1) box.append(explain(m)); });
    return box;
  };
  const STEP = 50;
  let found = [], shown = 0;
  const more = field("more");
  const next = () => {
    list.append(...found.slice(shown, shown + STEP).map(card));
    shown = Math.min(shown + STEP, found.length);
    more.hidden = shown >= found.length;
    field("shown").textContent = `${found.length} 条，显示 ${shown} 条`;
  };
  const search = () => {
    const words = field("query").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = field("by-kind").value, gold = field("by-gold").value, said = field("by-said").value;
    found = data.mistakes.filter((m, i) => (!kind || m.kinds.includes(kind)) && (!gold || m.gold === gold) &&
      (!said || m.said === said) && words.every((word) => haystack[i].includes(word)));
    list.textContent = "";
    shown = 0;
    next();
  };
  for (const id of ["query", "by-kind", "by-gold", "by-said"]) field(id).addEventListener("input", search);
  more.addEventListener("click", next);
  for (const row of document.querySelectorAll("[data-gold]")) row.addEventListener("click", () => {
    field("by-gold").value = row.dataset.gold;
    field("by-said").value = row.dataset.said || "";
    field("by-kind").value = "";
    field("query").value = "";
    search();
    document.getElementById("errors").scrollIntoView();
  });
  search();
  if (location.hash.startsWith("#open")) list.querySelector("details")?.setAttribute("open", "");
})();
