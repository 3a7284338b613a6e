/* Asks what the policy would do while somebody writes it: first what is cheap to say, then the rest.
   The page works without this file; then the form is sent, and comes back with the answer. */

(() => {
  "use strict";

  const PAUSE_MS = 200; // so long nobody types: what it would do is asked for
  const REST_MS = 900; // so long again: the rest is worth its price

  const form = document.getElementById("editor");
  const text = document.getElementById("document");
  const state = document.getElementById("state");
  const effect = document.getElementById("effect");
  const beyond = document.getElementById("beyond");
  const faults = effect.cloneNode(false);
  faults.id = "faults";
  effect.before(faults);
  const gutter = added(text.parentElement, "gutter");
  const notes = added(text.parentElement, "notes");
  const asWritten = text.value;

  let round = 0; // whatever belongs to an earlier round is stale
  let timer = 0;
  let asking = new AbortController();

  function added(parent, className) {
    const element = document.createElement("div");
    element.className = className;
    element.setAttribute("aria-hidden", "true");
    parent.append(element);
    return element;
  }

  function again(pause) {
    round += 1;
    asking.abort();
    asking = new AbortController();
    clearTimeout(timer);
    timer = setTimeout(ask, pause, round, asking.signal);
  }

  async function ask(mine, signal) {
    state.textContent = "Looking …";
    const answer = await part(form.dataset.effect, signal);
    if (mine !== round || answer === null) return;
    const isRefused = answer.querySelector(".alarm") !== null;
    (isRefused ? faults : effect).replaceChildren(...answer.childNodes);
    if (!isRefused) faults.replaceChildren();
    for (const older of [effect, beyond]) older.classList.toggle("old", isRefused);
    mark();
    if (isRefused) {
      state.textContent = effect.childElementCount ? "The counts are those of the last document that could be run." : "";
      return;
    }
    beyond.classList.add("old");
    state.textContent = "";
    timer = setTimeout(askBeyond, REST_MS, mine, signal);
  }

  async function askBeyond(mine, signal) {
    state.textContent = "Looking whom else it concerns …";
    const answer = await part(form.dataset.beyond, signal);
    if (mine !== round || answer === null) return;
    beyond.replaceChildren(...answer.childNodes);
    beyond.classList.remove("old");
    state.textContent = "";
  }

  /* The part of the page that is the answer; null where there is none, after saying why. */
  async function part(url, signal) {
    try {
      const response = await fetch(url, { method: "POST", body: new FormData(form), signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (response.ok && !response.redirected) return page.body;
      const why = page.querySelector(".lead");
      state.textContent = `${why ? why.textContent : "There is no answer."} What you wrote is still here.`;
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = "The registry cannot be reached. What you wrote is still here.";
    }
    return null;
  }

  /* Each problem stands beside its line, and a click on it leads there. */
  function mark() {
    notes.replaceChildren();
    for (const item of faults.querySelectorAll("[data-line]")) {
      const line = Number(item.dataset.line);
      if (!line) continue;
      const note = document.createElement("div");
      note.className = "note";
      note.style.setProperty("--line", line - 1);
      note.append(document.createElement("span"));
      note.firstChild.textContent = item.querySelector(".what").textContent;
      notes.append(note);
      const lead = document.createElement("button");
      lead.type = "button";
      lead.className = "link";
      lead.textContent = `Line ${line}`;
      lead.addEventListener("click", () => goTo(line));
      item.querySelector("b").replaceWith(lead);
    }
  }

  function goTo(line) {
    const start = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
  }

  function number() {
    const count = text.value.split("\n").length;
    if (gutter.childElementCount !== count) {
      gutter.replaceChildren(...Array.from({ length: count }, (_, place) => {
        const line = document.createElement("div");
        line.textContent = place + 1;
        return line;
      }));
    }
    for (const beside of [gutter, notes]) beside.style.setProperty("--up", `${-text.scrollTop}px`);
  }

  text.addEventListener("input", () => { number(); notes.replaceChildren(); again(PAUSE_MS); });
  text.addEventListener("scroll", number);
  form.addEventListener("change", () => again(0));
  form.addEventListener("submit", (event) => { event.preventDefault(); again(0); });
  addEventListener("beforeunload", (event) => { if (text.value !== asWritten) event.preventDefault(); });
  text.parentElement.classList.add("live");
  number();
  again(0);
})();
