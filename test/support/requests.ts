import fs from "node:fs";
import { testEnvironment } from "./environment";

/** One request of the client as its log shows it. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly params?: Record<string, unknown>;
}

/** What the client, here and in every plugin, has appended to its request log so far. */
export function loggedRequests(): LoggedRequest[] {
  const file = testEnvironment()["PROXMOX_REQUEST_LOG"] ?? "";
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LoggedRequest);
}
