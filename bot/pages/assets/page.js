"use strict";

const words = JSON.parse(document.body.dataset.words);
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
const counted = (name, count) => say(`${name}_${count === 1 ? "one" : "many"}`, { count });
const find = (selector, within = document) => within.querySelector(selector);
const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const page = document.body.dataset.page;

/* ---- What the server says when it says no ---- */

async function refusal(response) {
  if (response.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  if (response.status === 429) {
    return say("retry_later", { seconds: response.headers.get("Retry-After") || "60" });
  }
  const problem = await response.json().catch(() => ({}));
  return say("failed", { detail: problem.detail || problem.title || response.status });
}

function fault(detail) {
  const line = document.createElement("p");
  line.className = "fault";
  line.setAttribute("role", "alert");
  line.textContent = detail;
  return line;
}

/* The language of a text decides its glyphs and line breaking; `text_language` on the server tells it the same way. */
function languageOf(text) {
  const sample = text.slice(0, 2000);
  const count = (pattern) => (sample.match(pattern) || []).length;
  const han = count(/[\u4e00-\u9fff]/g);
  const latin = count(/[a-z]/gi);
  if (han * 4 < latin || (!han && latin)) return "en";
  const traditional = count(new RegExp(`[${words.only_traditional}]`, "g"));
  return traditional > count(new RegExp(`[${words.only_simplified}]`, "g")) ? "zh-Hant" : "zh-Hans";
}

function mind(element, text) {
  element.textContent = text;
  element.lang = languageOf(text);
}

/* ---- Asking ---- */

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    waiting += value;
    const whole = waiting.split("\n\n");
    waiting = whole.pop();
    for (const block of whole) {
      const [, name, content] = block.match(/^event: (\w+)\ndata: (.*)$/) || [];
      if (name) yield [name, JSON.parse(content)];
    }
  }
}

function sourceOf(citation) {
  const item = copy("source-template");
  item.dataset.number = citation.number;
  item.classList.toggle("nearby", !citation.evidence && !citation.likely);
  find(".source-link", item).href = `${citation.url}#quote`;
  find(".number", item).textContent = citation.number;
  find(".source-number", item).textContent = say("source_number", { number: citation.number });
  mind(find(".source-title", item), citation.title || words.untitled);
  mind(find(".quote", item), citation.quote);
  for (const text of [citation.byline, citation.source]) {
    if (!text) continue;
    const part = document.createElement("span");
    part.className = "part";
    part.dir = "auto";
    mind(part, text);
    find(".meta", item).append(part);
  }
  if (citation.published) {
    const day = document.createElement("time");
    day.className = "part";
    day.dateTime = day.textContent = citation.published;
    find(".meta", item).append(day);
  }
  return item;
}

function markerOf(citation) {
  const link = copy("marker-template");
  link.href = `${citation.url}#quote`;
  link.textContent = `[${citation.number}]`;
  link.setAttribute("aria-label",
    say("source_number", { number: citation.number }) + (citation.title ? `: ${citation.title}` : ""));
  return link;
}

/* The short answer where it may stand above the sentence, as Answer.heading has it. */
function headingOf({ short_answer: short, spelled_out: meant, derived, items, citations: [first] }) {
  if (derived) return short;
  if (!short && items.length) {
    const listed = items.map((item) => item.text).join("；");
    return listed.length <= 80 ? listed : null; // MOST_HEADING_CHARS
  }
  if (meant && 2 * short.length <= first.quote.length) return `${short} (${meant})`;
  return short && 2 * short.length <= first.quote.length ? short : null;
}

function choiceOf({ text, question }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/?${new URLSearchParams({ q: question })}`;
  link.dir = "auto";
  mind(link, text);
  item.append(link);
  return item;
}

/* The box under the answer, to ask on in its conversation. */
function goesOn(conversation) {
  const form = find("#follow");
  form.elements.c.value = conversation || "";
  form.hidden = !conversation;
  find(".forget", form).hidden = !conversation;
}

async function forget() {
  const form = find("#follow");
  const address = `/v1/conversations/${encodeURIComponent(form.elements.c.value)}`;
  const response = await fetch(address, { method: "DELETE" }).catch(() => null);
  if (!response?.ok) return find("#answer").append(fault(response ? await refusal(response) : words.failed_network));
  const said = document.createElement("p");
  said.textContent = find("#status").textContent = words.forgotten;
  shownAnswers.clear();
  go("/", { replace: true });
  goesOn("");
  find("#answer").replaceChildren(said);
  find("#q").value = "";
  find("#q").focus();
}

/* Fills one answer as its events come in. */
function arriving(answer) {
  const text = find(".words", answer);
  const progress = find(".progress", answer);
  const cited = new Map();
  let strong = null;
  return {
    hits({ hits }) {
      progress.textContent = say("reading_found", { count: hits.length });
    },
    token({ text: piece, citation, short }) {
      progress.hidden = true;
      if (citation) return text.append(markerOf(cited.get(citation)));
      if (!short) strong = null;
      else if (!strong) text.append(strong = document.createElement("strong"));
      (short ? strong : text).append(piece);
    },
    citation(citation) {
      cited.set(citation.number, citation);
      const item = sourceOf(citation);
      find(".quote", item).hidden = citation.evidence || citation.likely;
      find("ol", answer).append(item);
      find(".sources", answer).hidden = !citation.evidence;
    },
    done(body) {
      progress.hidden = true;
      answer.dataset.answer = body.answer_id;
      const unsure = body.reason === "unsure";
      answer.classList.toggle("unsure", unsure);
      answer.classList.toggle("abstained", !body.answered && !unsure);
      text.lang = languageOf(body.answer);
      if (body.understood?.follows) {
        find(".read-as-words", answer).textContent = say("read_as", { question: body.understood.question });
        find(".as-asked", answer).href = `/?${new URLSearchParams({ q: body.question, as: "asked" })}`;
        find(".read-as", answer).hidden = false;
      }
      find(".choices", answer).replaceChildren(...body.choices.map(choiceOf));
      find(".choices", answer).hidden = !body.choices.length;
      goesOn(body.conversation);
      const heading = headingOf(body);
      if (heading) mind(find(".short", answer), unsure ? say("possibly", { answer: heading }) : heading);
      find(".short", answer).hidden = !heading;
      const { question, otherwise } = body.understood || {};
      find(".understood", answer).hidden = !otherwise;
      if (otherwise) {
        mind(find(".understood span", answer), say("understood_as", { question }));
        mind(find(".understood a", answer), say("ask_otherwise", { question: otherwise }));
        find(".understood a", answer).href = `/?q=${encodeURIComponent(otherwise)}`;
      }
      find(".sources", answer).hidden = !body.citations.length;
      find(".sources h2", answer).textContent = body.answered ? words.sources : unsure ? words.possible : words.nearest;
      find(".sources .hint", answer).hidden = body.answered;
      find(".sources .hint", answer).textContent = unsure ? words.possible_hint : words.nearest_hint;
      const repeated = new Set(body.parts.map((part) => String(part.citation)));
      for (const item of answer.querySelectorAll(".source")) {
        find(".quote", item).hidden = repeated.has(item.dataset.number);
      }
      const [sure, took] = find(".figures", answer).children;
      sure.textContent = say("confidence", { percent: Math.round(body.confidence * 100) });
      sure.hidden = !body.answered && !unsure;
      took.textContent = say("took", { seconds: (body.took_ms.total / 1000).toFixed(2) });
      find(".answer-foot", answer).hidden = false;
      find("[data-feedback]", answer).hidden = false;
      find("#status").textContent = body.answer;
    },
    error(problem) {
      progress.hidden = true;
      answer.replaceWith(fault(say("failed", { detail: problem.detail || problem.title })));
    },
  };
}

let asking = null;
const shownAnswers = new Map();

function questionOf(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value.trim());
  return new URLSearchParams(fields);
}

async function ask(form) {
  const fields = questionOf(form);
  if (!fields.get("q")) return;
  const goingOn = form.id === "follow" ? find("#answer .thread") : null;
  asking?.abort();
  const mine = asking = new AbortController();
  closePanel();
  const field = form.elements.q;
  if (matchMedia("(pointer: coarse)").matches) field.blur(); // the keyboard would cover the answer
  go(`/?${fields}`);
  document.title = `${fields.get("q")} · Byline`;
  find("main").classList.add("asked");
  const section = find("#answer");
  const answer = copy("answer-template");
  find(".answer-foot", answer).hidden = true;
  find(".progress", answer).hidden = false;
  find(".progress", answer).textContent = find("#status").textContent = words.reading;
  section.setAttribute("aria-busy", "true");
  const thread = goingOn || document.createElement("div");
  thread.className = "thread";
  const { q: question, c: conversation = "new", ...filters } = Object.fromEntries(fields);
  if (goingOn) {
    const heading = document.createElement("h2");
    heading.className = "turn-question";
    heading.dir = "auto";
    mind(heading, question);
    thread.append(heading);
    field.value = "";
  } else {
    goesOn("");
    section.replaceChildren(thread);
  }
  thread.append(answer);
  try {
    const response = await fetch("/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", "X-Byline-Channel": "page" },
      body: JSON.stringify({ question, conversation, filters: goingOn ? null : filters }),
      signal: mine.signal,
    });
    if (!response.ok) throw new Error(await refusal(response));
    const into = arriving(answer);
    let complete = false;
    for await (const [name, content] of eventsOf(response)) {
      into[name]?.(content);
      complete ||= name === "done" || name === "error";
    }
    if (!complete) throw new Error(words.failed_network);
    shownAnswers.set(`?${fields}`, section.firstElementChild);
  } catch (error) {
    if (mine.signal.aborted) return;
    const said = fault(error instanceof TypeError ? words.failed_network : error.message);
    if (goingOn) answer.replaceWith(said);
    else section.replaceChildren(said);
  } finally {
    if (asking === mine) section.removeAttribute("aria-busy");
  }
}

/* ---- Addresses: the article in the panel has its own, and the back button works ---- */

let at = location.pathname + location.search;
let opener = null;
let dismissing = false;

function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"]({}, "", address);
  at = location.pathname + location.search;
}

function arrive() {
  dismissing = false;
  const now = location.pathname + location.search;
  if (now === at) return;
  at = now;
  if (page === "ask" && location.pathname.startsWith("/articles/")) {
    openArticle(location.href);
  } else if (page === "ask" && location.pathname === "/") {
    closePanel();
    showAnswer();
  } else {
    location.reload();
  }
}

function showAnswer() {
  const fields = new URLSearchParams(location.search);
  const known = shownAnswers.get(location.search);
  if (fields.get("q") && !known) return location.reload();
  asking?.abort();
  for (const field of find(".ask-form").elements) {
    if (field.name) field.value = fields.get(field.name) || "";
  }
  find("main").classList.toggle("asked", Boolean(known));
  find("#answer").removeAttribute("aria-busy");
  if (find("#answer").firstElementChild !== known) find("#answer").replaceChildren(...(known ? [known] : []));
  document.title = known ? `${fields.get("q")} · Byline` : "Byline";
}

/* ---- The panel ---- */

const panel = find("#panel");
const narrow = matchMedia("(max-width: 69.99rem)");

function beside(open) {
  document.body.classList.toggle("with-panel", open);
  const sheet = open && narrow.matches;
  for (const part of document.querySelectorAll("body > :is(main, header, .skip)")) part.inert = sheet;
  if (!panel) return;
  panel.hidden = !open;
  panel.setAttribute("role", sheet ? "dialog" : "complementary");
  if (sheet) panel.setAttribute("aria-modal", "true");
  else panel.removeAttribute("aria-modal");
}

function renamed(element, name) {
  const other = document.createElement(name);
  for (const { name: attribute, value } of element.attributes) other.setAttribute(attribute, value);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

async function openArticle(address) {
  const body = find(".panel-body");
  find(".panel-full").href = address;
  body.replaceChildren(words.article_loading);
  beside(true);
  body.focus();
  let article;
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (response.redirected && new URL(response.url).pathname === "/sign-in") return location.assign(response.url);
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    article = document.adoptNode(find(".article", parsed) || find("main", parsed));
  } catch {
    return body.replaceChildren(fault(words.failed_network));
  }
  if (find(".panel-full").href !== new URL(address, location.href).href) return;
  find(".to-quote", article)?.remove();
  for (const heading of article.querySelectorAll("h2")) renamed(heading, "h3");
  for (const heading of article.querySelectorAll("h1")) renamed(heading, "h2").classList.add("headline");
  body.replaceChildren(article);
  body.scrollTop = 0;
  toQuote();
}

function toQuote() {
  const quote = document.getElementById("quote");
  if (!quote) return;
  quote.scrollIntoView({ block: "center" });
  quote.focus({ preventScroll: true });
}

function closePanel() {
  if (!panel || panel.hidden) return;
  beside(false);
  find(".panel-body").replaceChildren();
  for (const item of document.querySelectorAll(".source[aria-current]")) item.removeAttribute("aria-current");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

/* The panel is an entry of the history: to close it is to go back, once, however long Escape is held. */
function dismiss() {
  if (!dismissing) history.back();
  dismissing = true;
}

if (panel) {
  find(".panel-close").addEventListener("click", dismiss);
  narrow.addEventListener("change", () => beside(!panel.hidden));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden && !event.isComposing) dismiss();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open]");
    if (!panel.hidden && narrow.matches && !event.target.closest("#panel")) return dismiss();
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    opener = link;
    for (const item of document.querySelectorAll(".source")) {
      item.toggleAttribute("aria-current", find(".source-link", item).href === link.href);
    }
    go(link.href, { replace: !panel.hidden });
    openArticle(link.href);
  });
}

/* ---- The list: uploading and deleting ---- */

function outcomeOf(files) {
  const articles = files.flatMap((file) => file.articles);
  const outcome = document.createElement("div");
  outcome.append(articles.length ? counted("uploaded", articles.length) : words.uploaded_none);
  const list = document.createElement("ul");
  for (const article of articles) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `/articles/${encodeURIComponent(article.id)}`;
    mind(link, article.title || words.untitled);
    item.append(link);
    list.append(item);
  }
  if (articles.length) outcome.append(list);
  for (const file of files) for (const detail of file.faults) outcome.append(fault(`${file.name}: ${detail}`));
  return outcome;
}

function upload(files) {
  const outcome = find("#upload-outcome");
  const bar = find("#upload-progress");
  if (!files.length) return outcome.replaceChildren(words.upload_nothing);
  const form = new FormData();
  for (const file of files) form.append("files", file);
  const request = new XMLHttpRequest(); // fetch cannot tell how much of a body is sent
  request.open("POST", "/v1/articles");
  request.responseType = "text";
  bar.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    const percent = Math.round((100 * event.loaded) / event.total);
    bar.value = percent;
    outcome.replaceChildren(percent < 100 ? say("uploading", { percent }) : words.indexing);
    if (percent === 100) bar.removeAttribute("value");
  });
  request.addEventListener("loadend", async () => {
    bar.hidden = true;
    bar.value = 0;
    if (!request.status) return outcome.replaceChildren(fault(words.failed_network));
    const headers = { "Retry-After": request.getResponseHeader("Retry-After") || "60" };
    const response = new Response(request.responseText, { status: request.status, headers });
    if (!response.ok) return outcome.replaceChildren(fault(await refusal(response)));
    outcome.replaceChildren(outcomeOf((await response.json()).files));
    find("#upload").reset();
    relist();
  });
  request.send(form);
}

async function relist() {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of [".headers", ".count", ".paging"]) {
    find(part).replaceWith(document.adoptNode(find(part, fresh)));
  }
  allowDeleting();
}

function allowDeleting() {
  for (const button of document.querySelectorAll(".delete")) button.hidden = false;
}

async function remove(button) {
  const status = find("#status");
  const response = await fetch(`/v1/articles/${encodeURIComponent(button.dataset.delete)}`, { method: "DELETE" })
    .catch(() => null);
  if (!response?.ok) {
    return status.replaceChildren(fault(response ? await refusal(response) : words.failed_network));
  }
  const row = button.closest("li");
  const next = find("a", row.nextElementSibling || row.previousElementSibling || find("main"));
  row.remove();
  status.textContent = say("deleted", { title: button.dataset.title });
  const undo = find("#undo");
  undo.dataset.restore = button.dataset.delete;
  undo.dataset.title = button.dataset.title;
  undo.parentElement.hidden = false;
  next?.focus();
}

async function restore(undo) {
  const address = `/v1/articles/${encodeURIComponent(undo.dataset.restore)}/restore`;
  const response = await fetch(address, { method: "POST" }).catch(() => null);
  if (!response?.ok) {
    return find("#status").replaceChildren(fault(response ? await refusal(response) : words.failed_network));
  }
  undo.parentElement.hidden = true;
  await relist();
  find("#status").textContent = say("restored", { title: undo.dataset.title });
  const rows = [...document.querySelectorAll(".delete")];
  const back = rows.find((button) => button.dataset.delete === undo.dataset.restore);
  find("a", back?.closest("li") || find("main"))?.focus();
}

/* ---- Everything that listens ---- */

async function feedback(button) {
  const line = button.closest("[data-feedback]");
  const response = await fetch("/v1/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      answer_id: button.closest("[data-answer]").dataset.answer,
      useful: button.dataset.useful === "true",
    }),
  }).catch(() => null);
  const said = response?.ok ? words.useful_thanks : response ? await refusal(response) : words.failed_network;
  line.replaceChildren(said);
  find("#status").textContent = said;
}

function prepareForm(form) {
  const field = form.elements.q;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
  field.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter accepts what it offers; 229 is how Safari says so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  if (!CSS.supports("field-sizing", "content")) {
    field.addEventListener("input", () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight}px`;
    });
  }
}

function prepareAsking() {
  const form = find(".ask-form");
  if (find("#answer").firstElementChild) shownAnswers.set(location.search, find("#answer").firstElementChild);
  for (const line of document.querySelectorAll("[data-feedback]")) line.hidden = false;
  for (const asks of [form, find("#follow")]) prepareForm(asks);
  if (find("#follow").elements.c.value) find("#follow .forget").hidden = false;
  find("#follow .forget").addEventListener("click", forget);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-useful]");
    if (button) feedback(button);
  });
}

function prepareList() {
  const form = find("#upload");
  const zone = find(".upload");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    upload(find("#files").files);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop") upload(event.dataTransfer.files);
    });
  }
  const dialog = find("#delete-dialog");
  let chosen = null;
  allowDeleting();
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".delete");
    if (!button) return;
    chosen = button;
    find(".delete-title").textContent = button.dataset.title;
    dialog.returnValue = "cancel";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "delete") remove(chosen);
    else chosen.focus();
  });
  find("#undo").addEventListener("click", (event) => restore(event.currentTarget));
}

addEventListener("popstate", arrive);
if (page === "ask") prepareAsking();
if (page === "articles") prepareList();
if (page === "article") toQuote();
