import { createHash } from "node:crypto";

/** Texts from the world get into the page as text nodes only: a guest may be called `<script>`. */
const script = `
"use strict";
const GiB = 2 ** 30;
const size = (bytes) => (bytes >= 1024 * GiB ? (bytes / 1024 / GiB).toFixed(1) + " TiB" : bytes >= GiB ? +(bytes / GiB).toFixed(1) + " GiB" : Math.round(bytes / 2 ** 20) + " MiB");
const clock = (ms) => new Date(ms).toISOString().slice(11, 19);
function make(tag, name, ...children) {
  const element = document.createElement(tag);
  element.className = name;
  element.append(...children.map((child) => (typeof child === "object" ? child : document.createTextNode(String(child)))));
  return element;
}
function bar(part, label) {
  const fill = make("i", part > 0.9 ? "hot" : "");
  fill.style.width = Math.min(100, Math.max(0, part * 100)).toFixed(1) + "%";
  return make("div", "bar", fill, make("span", "", label));
}
let seen = new Map();
let now = new Map();
function fresh(key, state) {
  now.set(key, state);
  return seen.size > 0 && seen.get(key) !== state ? " fresh" : "";
}
function guest(row) {
  const state = row.template ? "template" : row.status;
  const name = row.name ?? "(no name yet)";
  const kind = "guest " + state + fresh("guest" + row.vmid, JSON.stringify(row));
  const tags = [row.lock && "locked: " + row.lock, row.pool && "pool " + row.pool].filter(Boolean).join(", ");
  const facts = row.memory === undefined ? "" : row.cpus + " CPU, " + size(row.memory) + (row.disk ? ", " + size(row.disk) : "");
  return make("div", kind, make("b", "dot", ""), make("span", "id", row.vmid), make("span", "name", name),
    make("span", "dim", tags), make("span", "facts", facts), make("span", "state", state));
}
function storage(row) {
  if (row.status !== "available") return make("div", "store", make("span", "name", row.name), make("span", "dim", row.type + ", not available"));
  const label = size(row.used) + " of " + size(row.total);
  return make("div", "store", make("span", "name", row.name), make("span", "dim", row.type), bar(row.used / row.total, label));
}
function node(row) {
  const state = row.online ? (row.quorate ? "online" : "no quorum") : "offline";
  const more = row.moreGuests > 0 ? [make("div", "dim", "and " + row.moreGuests + " more")] : [];
  const none = row.guests.length === 0 ? [make("div", "dim", "no guests")] : [];
  return make("section", "node " + (row.online ? "" : "off"),
    make("h2", "", make("b", "dot " + (row.online && row.quorate ? "running" : "failed"), ""), row.name, make("small", "dim", row.cluster + ", " + state)),
    make("div", "store", make("span", "name", "memory"), make("span", "dim", row.cpus + " CPUs"), bar(row.memoryGiven / row.memory, size(row.memoryGiven) + " of " + size(row.memory))),
    ...row.storages.map(storage), make("h3", "", "Guests"), ...row.guests.map(guest), ...more, ...none);
}
function task(row) {
  const running = row.status === undefined;
  const good = row.status === "OK" || /^WARNINGS/.test(row.status ?? "");
  const state = running ? "running" : good ? "ended" : "failed";
  const result = running ? (row.percent === undefined ? make("span", "", row.last || "started") : bar(row.percent / 100, row.percent + " %")) : make("span", "", row.status);
  return make("tr", state + fresh(row.upid, state), make("td", "", make("b", "dot " + state, "")), make("td", "dim", clock(row.starttime * 1000)),
    make("td", "", row.node), make("td", "", row.type), make("td", "", row.id), make("td", "dim", row.user), make("td", "result", result));
}
function show(view) {
  now = new Map();
  const faults = Object.entries(view.faults).map(([kind, count]) => kind + " " + count + "x").join(", ");
  const facts = [view.guests + " guests, " + view.running + " running", view.requests + " requests", faults && "faults: " + faults];
  document.getElementById("facts").textContent = facts.filter(Boolean).join("  ·  ");
  document.getElementById("time").textContent = new Date(view.time).toISOString().slice(0, 19).replace("T", " ");
  document.getElementById("nodes").replaceChildren(...view.nodes.map(node));
  document.getElementById("tasks").replaceChildren(...view.tasks.map(task));
  seen = now;
}
async function poll() {
  const lost = document.getElementById("lost");
  try {
    const response = await fetch("/simulator/overview");
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
    lost.hidden = true;
  } catch (error) {
    lost.textContent = "No answer: " + error.message;
    lost.hidden = false;
  }
  setTimeout(poll, 1000);
}
poll();
`;

const style = `
:root { color-scheme: light dark; --line: #8884; --dim: #888; --ok: #2a9d55; --bad: #d64545; --run: #3b82d6; --card: #8881; }
* { box-sizing: border-box; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 16px 24px; max-width: 1500px; }
header { display: flex; gap: 24px; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 20px; margin: 0; } h2 { font-size: 16px; margin: 0 0 8px; } h2 small { margin-left: 8px; font-weight: normal; }
h3 { font-size: 12px; margin: 12px 0 4px; color: var(--dim); text-transform: uppercase; letter-spacing: .05em; }
.dim, #facts, #time { color: var(--dim); } #time { margin-left: auto; font-variant-numeric: tabular-nums; }
#lost { background: var(--bad); color: #fff; padding: 6px 12px; border-radius: 6px; margin-top: 12px; }
#nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 16px; margin: 16px 0; }
.node { border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; background: var(--card); } .off { opacity: .55; }
.dot { display: inline-block; flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--dim); margin-right: 8px; }
.running > .dot, .dot.running { background: var(--ok); } .dot.failed { background: var(--bad); } tr .dot.running { background: var(--run); }
.template > .dot { background: none; border: 2px solid var(--dim); }
.guest, .store { display: flex; align-items: center; gap: 8px; padding: 2px 4px; border-radius: 4px; }
.guest .dot { margin: 0; } .id { width: 52px; font-variant-numeric: tabular-nums; } .guest .name { flex: 1; overflow-wrap: anywhere; }
.guest .facts, .guest .dim { color: var(--dim); font-size: 12px; } .guest .state { width: 62px; text-align: right; }
.store .name { width: 90px; } .store .dim { width: 66px; }
.bar { position: relative; flex: 1; min-width: 120px; height: 18px; border-radius: 4px; background: var(--line); overflow: hidden; }
.bar i { position: absolute; inset: 0 auto 0 0; background: var(--run); opacity: .55; } .bar i.hot { background: var(--bad); }
.bar span { position: absolute; inset: 0; text-align: center; font-size: 12px; line-height: 18px; }
table { border-collapse: collapse; width: 100%; } td { padding: 3px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
td:first-child { width: 20px; } .result { width: 45%; overflow-wrap: anywhere; } .failed .result { color: var(--bad); } .fresh { animation: fresh 1.6s; }
@keyframes fresh { from { background: #f5c54288; } }
`;

/** The page that `/` answers with: it asks for the overview once a second. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Proxmox VE simulator</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<header><h1>Proxmox VE simulator</h1><span id="facts"></span><span id="time"></span></header>
<div id="lost" hidden></div>
<main><div id="nodes"></div><h3>Tasks</h3><table><tbody id="tasks"></tbody></table></main>
<script>${script}</script>
</html>
`;

/** Its own script for the tests. */
export const pageScript = script;

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Nothing but this style, this script and the simulator's own endpoint. */
export const pagePolicy =
  `default-src 'none'; script-src ${hash(script)}; style-src 'unsafe-inline'; ` +
  "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
