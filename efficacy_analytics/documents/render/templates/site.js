"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const place = (id) => document.getElementById(id);
  const asked = new URLSearchParams(location.hash.slice(1));
  let language = asked.get("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
  place("query").value = asked.get("query") || "";
  const folded = (text) => text.toLocaleLowerCase().normalize("NFKC").replace(/\s+/g, " ").trim();
  for (const entry of data.entries) {
    entry.text = folded([entry.issue.zh, entry.issue.en, entry.title.zh, entry.title.en, entry.period.zh,
      entry.period.en, data.kinds[entry.kind].zh, data.kinds[entry.kind].en, entry.issued_on, entry.from,
      entry.names.join(" ")].join(" "));
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  }

  function choices(id, values) {
    const select = place(id), kept = select.value;
    select.replaceChildren(new Option(data.words.all[language], ""),
      ...values.map(([value, words]) => new Option(words, value)));
    select.value = kept;
  }

  function fill() {
    const years = [...new Set(data.entries.map((entry) => entry.from.slice(0, 4)).filter(Boolean))].sort().reverse();
    const present = (name) => [...new Set(data.entries.map((entry) => entry[name]))];
    choices("year", years.map((year) => [year, year]));
    choices("kind", present("kind").map((kind) => [kind, data.kinds[kind][language]]));
    choices("state", present("state").map((state) => [state, data.states[state][language]]));
  }

  function fits(entry, words) {
    return words.every((word) => entry.text.includes(word))
      && (!place("year").value || entry.from.startsWith(place("year").value))
      && (!place("kind").value || entry.kind === place("kind").value)
      && (!place("state").value || entry.state === place("state").value);
  }

  function abbreviated(entry, words) {
    const letters = words.map((word) => [...word]);
    if (letters.some((word) => word.length < 2)) return false;
    const isShort = (word, name) => word.reduce((from, letter) => from && name.indexOf(letter, from) + 1, 1) > 0;
    const names = [...entry.names, entry.title.zh, entry.title.en].map((name) => " " + folded(name || ""));
    return fits(entry, []) && letters.every((word) => names.some((name) => isShort(word, name)));
  }

  const spokenIn = (entry) => [language, language === "zh" ? "en" : "zh"].filter((one) => entry.links[one]);
  const formsOf = (links) => ["html", "pdf", "docx", "xlsx"].filter((one) => links[one]);

  function linkTo(entry, spoken, form, text) {
    const link = element("a", "", text);
    link.href = entry.links[spoken][form];
    link.lang = spoken === "zh" ? "zh-CN" : "en";
    return link;
  }

  function linked(entry) {
    const links = element("p", "links");
    for (const spoken of spokenIn(entry)) {
      const group = element("span", "", data.words[spoken][language]);
      group.append(...formsOf(entry.links[spoken]).map((form) => linkTo(entry, spoken, form, form.toUpperCase())));
      links.append(group);
    }
    return links;
  }

  const isTitled = (entry, words, spoken) => words.every((word) => folded(entry.title[spoken] || "").includes(word));

  function titled(entry, words) {
    const spokenAsked = [language, language === "zh" ? "en" : "zh"].find((one) => isTitled(entry, words, one));
    const spoken = entry.links[spokenAsked] ? spokenAsked : spokenIn(entry)[0];
    const title = element("p", "title"), text = entry.title[spoken || language] || entry.title.zh;
    const [form] = spoken ? formsOf(entry.links[spoken]) : [];
    title.append(form ? linkTo(entry, spoken, form, text) : text);
    return title;
  }

  function named(entry, words) {
    const hits = entry.names.map((name) => [words.filter((word) => folded(name).includes(word)).length, name]);
    const most = Math.max(1, ...hits.map(([count]) => count));
    return hits.filter(([count]) => count === most).map(([, name]) => name);
  }

  function shown(entry, words) {
    const item = element("li", entry.state);
    item.append(titled(entry, words));
    const facts = element("p", "facts");
    facts.append(element("span", "state", data.states[entry.state][language]));
    const told = [data.kinds[entry.kind][language], entry.issue[language], data.editions[entry.edition][language],
      entry.issued_on, entry.as_on && data.words.as_on[language] + " " + entry.as_on];
    const covered = named(entry, words);
    if (covered.length) told.push(data.words.found[language] + covered.slice(0, 4).join(language === "zh" ? "、" : ", "));
    facts.append(" · " + told.filter(Boolean).join(" · "));
    item.append(facts, linked(entry));
    return item;
  }

  function keep() {
    const query = place("query").value;
    history.replaceState(null, "", "#" + new URLSearchParams({language, ...(query && {query})}));
  }

  function show() {
    const words = folded(place("query").value).split(" ").filter(Boolean);
    const later = (entry) => words.length && ["zh", "en"].some((spoken) => isTitled(entry, words, spoken)) ? 0 : 1;
    const direct = data.entries.filter((entry) => fits(entry, words));
    const found = (direct.length ? direct : data.entries.filter((entry) => abbreviated(entry, words)))
      .sort((one, other) => later(one) - later(other));
    place("documents").replaceChildren(...found.map((entry) => shown(entry, words)));
    place("count").textContent = found.length ? data.words.count[language].replace("{count}", found.length)
      : data.words.none[language];
  }

  function speak() {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = data.words.title[language];
    for (const one of document.querySelectorAll("[data-zh]")) one.textContent = one.dataset[language];
    place("language").textContent = data.words.other_language[language];
    fill();
    show();
  }

  place("language").addEventListener("click", () => {
    language = language === "zh" ? "en" : "zh";
    keep();
    speak();
  });
  place("search").addEventListener("input", () => {
    keep();
    show();
  });
  place("search").addEventListener("submit", (event) => event.preventDefault());
  speak();
})();
