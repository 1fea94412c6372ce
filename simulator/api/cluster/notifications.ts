import { createHash } from "node:crypto";
import type { Call, Json, Routes } from "../../call.js";
import { withQuorum } from "../../config-lock.js";
import { die, PveError, Unbuilt } from "../../errors.js";
import { checkEndpoint, checkMatcher } from "../../notifications/checks.js";
import {
  entries,
  existing,
  isBuiltin,
  notificationsOf,
  originOf,
  refuseMissingTargets,
  refuseTaken,
  type Kind,
} from "../../notifications/entries.js";
import { memberNames } from "../../resources.js";
import type { NotificationEntry } from "../../world/notifications.js";

/** Parameters that are kept in priv/notifications.cfg and never shown. */
const secretKeys: Readonly<Record<string, string>> = { gotify: "token", smtp: "password" };
/** Parameters that steer a call. */
const steering = ["name", "digest", "delete"];
const numbers = ["disable", "invert-match", "port"];

/** The digest of notifications.cfg is a SHA-256. */
function digest(call: Call): string {
  return createHash("sha256")
    .update(JSON.stringify(notificationsOf(call.cluster)))
    .digest("hex");
}

function shown(call: Call, kind: Kind, name: string): Record<string, Json> {
  const entry = existing(call.cluster, kind, name);
  return { name, origin: originOf(call.cluster, kind, name), ...entry.options };
}

/** Whoever may only use a target sees no more than its name; the list is for all with any right on notifications. */
const listed = (call: Call, kind: Kind, type?: string): Json =>
  Object.entries(entries(call.cluster, kind))
    .filter(([, entry]) => type === undefined || entry.type === type)
    .map(([name]) => shown(call, kind, name));

/** What a request says of an entry. */
function given(call: Call, type: string | undefined): Pick<NotificationEntry, "options" | "secrets"> {
  const options: NotificationEntry["options"] = {};
  const secrets: Record<string, string> = {};
  for (const [key, value] of Object.entries(call.params)) {
    if (steering.includes(key)) continue;
    if (key === secretKeys[type ?? ""]) secrets[key] = value;
    else options[key] = numbers.includes(key) ? Number(value) : value;
  }
  for (const [key, values] of Object.entries(call.arrays)) {
    // How Proxmox shows the names of a webhook's secrets was not recorded.
    if (key === "secret") throw new Unbuilt();
    if (!steering.includes(key)) options[key] = [...values];
  }
  return { options, ...(Object.keys(secrets).length > 0 ? { secrets } : {}) };
}

function check(call: Call, kind: Kind, name: string, entry: NotificationEntry): void {
  if (kind === "endpoints") return checkEndpoint(name, entry);
  const targets = entry.options["target"];
  checkMatcher(entry);
  refuseMissingTargets(call.cluster, Array.isArray(targets) ? targets : []);
}

async function create(call: Call, kind: Kind, type?: string): Promise<void> {
  await withQuorum(call, "notifications.cfg");
  const name = call.text("name");
  refuseTaken(call.cluster, name);
  const entry: NotificationEntry = { ...(type === undefined ? {} : { type }), ...given(call, type) };
  check(call, kind, name, entry);
  notificationsOf(call.cluster)[kind][name] = entry;
}

async function update(call: Call, kind: Kind, type?: string): Promise<void> {
  await withQuorum(call, "notifications.cfg");
  const name = call.text("name");
  const before = existing(call.cluster, kind, name, type);
  if (call.has("digest") && call.text("digest") !== digest(call))
    throw new PveError(400, "detected modified configuration - file changed by other user? Try again.\n");
  const { options, secrets } = given(call, type);
  const kept = { ...before.options };
  const keptSecrets = { ...before.secrets };
  for (const key of call.arrays["delete"] ?? []) {
    // The text for a property that cannot be deleted was not recorded.
    if (kept[key] === undefined && keptSecrets[key] === undefined && options[key] === undefined) throw new Unbuilt();
    delete kept[key];
    delete keptSecrets[key];
  }
  const entry = { ...before, options: { ...kept, ...options }, secrets: { ...keptSecrets, ...secrets } };
  check(call, kind, name, entry);
  notificationsOf(call.cluster)[kind][name] = entry;
}

/** A built-in entry comes back as it was. */
async function remove(call: Call, kind: Kind, type?: string): Promise<void> {
  await withQuorum(call, "notifications.cfg");
  const name = call.text("name");
  existing(call.cluster, kind, name, type);
  const users = Object.entries(notificationsOf(call.cluster).matchers)
    .filter(([, { options }]) => Array.isArray(options["target"]) && options["target"].includes(name))
    .map(([matcher]) => matcher);
  if (kind === "endpoints" && users.length > 0 && !isBuiltin(kind, name))
    throw new PveError(400, `cannot delete '${name}', referenced by: ${users.join(", ")}\n`);
  delete notificationsOf(call.cluster)[kind][name];
}

/** No message leaves the simulator: where a server would be asked, only a refused connection was recorded. */
function testTarget(call: Call): void {
  const name = call.text("name");
  const entry = entries(call.cluster, "endpoints")[name];
  if (!entry) throw new PveError(404, `endpoint '${name}' does not exist\n`);
  const server = String(entry.options["server"] ?? "");
  if (entry.type !== "gotify" || !/^https?:\/\/[\d.]+(?::\d+)?(?:\/|$)/.test(server)) throw new Unbuilt();
  throw die(`Could not test target: could not notify via endpoint(s): ${name}: io: Connection refused (os error 111)`);
}

function endpointRoutes(type: "gotify" | "sendmail" | "smtp" | "webhook"): Routes {
  const list = `/cluster/notifications/endpoints/${type}` as const;
  return {
    [`GET ${list}`]: (call: Call) => listed(call, "endpoints", type),
    [`POST ${list}`]: (call: Call) => create(call, "endpoints", type),
    [`GET ${list}/{name}`]: (call: Call) => {
      existing(call.cluster, "endpoints", call.text("name"), type);
      return { ...shown(call, "endpoints", call.text("name")), digest: digest(call) };
    },
    [`PUT ${list}/{name}`]: (call: Call) => update(call, "endpoints", type),
    [`DELETE ${list}/{name}`]: (call: Call) => remove(call, "endpoints", type),
  };
}

const types = ["package-updates", "fencing", "replication", "vzdump", "system-mail"];

/** `/cluster/notifications` (proxmox-notify, as recorded in scenario 46). */
export const notificationRoutes: Routes = {
  ...endpointRoutes("gotify"),
  ...endpointRoutes("sendmail"),
  ...endpointRoutes("smtp"),
  ...endpointRoutes("webhook"),
  "GET /cluster/notifications/targets": (call) =>
    Object.entries(entries(call.cluster, "endpoints")).map(([name, { type, options }]) => ({
      ...{ name, type: type ?? "", origin: originOf(call.cluster, "endpoints", name) },
      ...(options["comment"] === undefined ? {} : { comment: options["comment"] }),
      ...(options["disable"] === undefined ? {} : { disable: options["disable"] }),
    })),
  "POST /cluster/notifications/targets/{name}/test": testTarget,
  "GET /cluster/notifications/matchers": (call) => listed(call, "matchers"),
  "POST /cluster/notifications/matchers": (call) => create(call, "matchers"),
  "GET /cluster/notifications/matchers/{name}": (call) => ({
    ...shown(call, "matchers", call.text("name")),
    digest: digest(call),
  }),
  "PUT /cluster/notifications/matchers/{name}": (call) => update(call, "matchers"),
  "DELETE /cluster/notifications/matchers/{name}": (call) => remove(call, "matchers"),
  "GET /cluster/notifications/matcher-fields": () => ["type", "hostname", "job-id"].map((name) => ({ name })),
  "GET /cluster/notifications/matcher-field-values": (call) => [
    ...types.map((value) => ({ field: "type", value })),
    ...memberNames(call.simulation, call.node).map((value) => ({ field: "hostname", value })),
  ],
};
