import type http from "node:http";
import type { Simulation } from "../simulation.js";
import { overview } from "./overview.js";
import { page, pagePolicy } from "./page.js";

/** Answers what is the simulator's own and not Proxmox's: the page and its endpoint; false for all else. */
export function servePage(
  simulation: Simulation,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): boolean {
  if (request.method !== "GET") return false;
  const [path] = (request.url ?? "").split("?");
  if (path === "/") return send(response, "text/html; charset=utf-8", page);
  if (path === "/simulator/overview") {
    return send(response, "application/json; charset=utf-8", JSON.stringify(overview(simulation)));
  }
  return false;
}

function send(response: http.ServerResponse, type: string, text: string): true {
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(text),
    "Content-Security-Policy": pagePolicy,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  });
  response.end(text);
  return true;
}
