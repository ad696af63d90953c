// Sends what is said in a web page's chat widget to Parlance. Without cookies: what could not be sent yet waits in the
// browser's localStorage, each item under its own id, so that it counts once however often it is sent.
//
//   <script async src="https://parlance.example.org/parlance.js" data-key="pw_…"></script>
//   parlance("message", { user_id: "ada", direction: "incoming", text: "Hello" });
//
// Lines that make `parlance` work before this file is there are in docs/INTAKE.md.
(() => {
  const script = document.currentScript;
  const key = script.dataset.key ?? "";
  const address = `${new URL("/api/v1/events", script.src)}?writeKey=${encodeURIComponent(key)}`;
  const prefix = "parlance:";
  const mostWaiting = 200;
  const mostLetters = 50_000;
  const oldest = 3 * 24 * 3600_000;
  const fresh = 10_000;

  const waiting = new Map();
  const read = (use, otherwise) => {
    try {
      return use();
    } catch {
      return otherwise;
    }
  };
  const keep = (id, item) => read(() => localStorage.setItem(prefix + id, JSON.stringify(item)));
  const drop = (id) => {
    waiting.delete(id);
    read(() => localStorage.removeItem(prefix + id));
  };
  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

  // A visitor without an id is somebody for as long as the tab is open.
  const visitor = () =>
    read(() => (sessionStorage[`${prefix}visitor`] ??= `visitor-${newId()}`), undefined) ??
    (visitor.id ??= `visitor-${newId()}`);

  // What other pages left behind. Another tab may send it too: it counts once.
  read(() => {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(prefix)) continue;
      const item = read(() => JSON.parse(localStorage[name]));
      if (item?.key === key && Date.now() - item.at < oldest) waiting.set(item.fields.id, item);
      else if (item?.key === key || !item) localStorage.removeItem(name);
    }
  });

  /** As many of the oldest items as fit into one request. */
  const next = () => {
    const items = [];
    let letters = 0;
    for (const { at, fields } of waiting.values()) {
      // A visitor's clock may be wrong: what is sent at once is of now.
      const item = Date.now() - at < fresh ? fields : { at: new Date(at).toISOString(), ...fields };
      letters += encodeURIComponent(JSON.stringify(item)).length;
      if (items.length && letters > mostLetters) break;
      items.push(item);
    }
    return items;
  };

  let pause = 1000;
  let timer;
  const later = (ms) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      send();
    }, ms);
  };
  let isSending = false;
  const send = async () => {
    const items = next();
    if (isSending || !items.length) return;
    isSending = true;
    const body = JSON.stringify(items);
    const answer = await fetch(address, { method: "POST", body, credentials: "omit" }).catch(() => undefined);
    isSending = false;
    // What is refused for good will not be taken later either.
    const isOver = answer && answer.status < 500 && ![408, 429].includes(answer.status);
    if (isOver) items.forEach(({ id }) => drop(id));
    pause = isOver ? 1000 : Math.min(pause * 2, 300_000);
    if (waiting.size) later(isOver ? 0 : pause);
  };

  const add = (kind, fields = {}) => {
    const said = kind === "message" ? { direction: "incoming" } : {};
    const item = { id: newId(), user_id: visitor(), channel: "web", ...said, ...fields };
    waiting.set(item.id, { key, at: Date.now(), fields: item });
    keep(item.id, waiting.get(item.id));
    if (waiting.size > mostWaiting) drop(waiting.keys().next().value);
    later(100);
  };

  // Nobody hears of the answer: until a page has it, the items stay.
  const leave = () => {
    const items = next();
    if (items.length) navigator.sendBeacon(address, JSON.stringify(items));
  };
  addEventListener("pagehide", leave);
  addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  addEventListener("online", send);

  const early = globalThis.parlance?.q ?? [];
  globalThis.parlance = add;
  for (const call of early) add(...call);
  send();
})();
