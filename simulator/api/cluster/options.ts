import { contract } from "../../../contract/index.js";
import type { Call, Json, Routes } from "../../call.js";
import { withQuorum } from "../../config-lock.js";
import { die } from "../../errors.js";
import { splitList } from "../../formats/list.js";
import { tagAccess } from "../../tag-access.js";
import { splitProperties } from "../../formats/property-string.js";

/** Keys of datacenter.cfg that are read as objects (PVE/DataCenterConfig.pm). */
const asObjects = [
  "crs",
  "ha",
  "migration",
  "next-id",
  "notify",
  "replication",
  "tag-style",
  "u2f",
  "user-tag-access",
  "webauthn",
];

function parsed(key: string, text: string): Json {
  if (key === "registered-tags") return splitList(text);
  if (key === "description") return text === "" || text.endsWith("\n") ? text : `${text}\n`;
  if (key === "migration_unsecure") return Number(text);
  const format = contract()["PUT /cluster/options"]?.params[key]?.format;
  if (!asObjects.includes(key) || typeof format !== "object" || text === "") return text;
  const values: Record<string, Json> = Object.fromEntries(
    Object.entries(splitProperties(format, text)).map(([name, value]) => [
      name,
      format[name]?.type === "boolean" ? Number(value) : value,
    ]),
  );
  const allowed = values["user-allow-list"];
  return typeof allowed === "string" ? { ...values, "user-allow-list": splitList(allowed) } : values;
}

function getOptions(call: Call): Json {
  const { options } = call.cluster;
  if (options["user-tag-access"] === "")
    throw die(
      `Can't use string ("") as a HASH ref while "strict refs" in use at /usr/share/perl5/PVE/GuestHelpers.pm line 284.`,
    );
  const audit = call.rights.has("/", "Sys.Audit");
  const keys = Object.keys(options).filter((key) => audit || key === "console" || key === "tag-style");
  const values = Object.fromEntries(keys.map((key) => [key, parsed(key, options[key] ?? "")]));
  const defaults = audit ? { mac_prefix: "BC:24:11", description: "" } : {};
  return { ...defaults, ...values, "allowed-tags": [...tagAccess(call.cluster, call.rights).allowed].sort() };
}

async function setOptions(call: Call): Promise<void> {
  await withQuorum(call, "datacenter.cfg");
  const nextId = call.params["next-id"];
  if (nextId !== undefined) checkRange(nextId);
  const { options } = call.cluster;
  for (const [key, value] of Object.entries(call.params)) if (key !== "delete") options[key] = value;
  for (const key of call.list("delete")) delete options[key];
  read(options);
}

/** What becomes of what was written, when the file is read again (PVE/DataCenterConfig.pm; scenario 42). */
function read(options: Record<string, string>): void {
  if (options["migration_unsecure"] === "1") {
    delete options["migration_unsecure"];
    options["migration"] ??= "type=insecure";
  }
  if (options["crs"] === "") delete options["crs"];
  if (options["mac_prefix"] !== undefined) options["mac_prefix"] = options["mac_prefix"].toUpperCase();
}

function checkRange(nextId: string): void {
  const lower = Number(/lower=(\d+)/.exec(nextId)?.[1] ?? 100);
  const upper = Number(/upper=(\d+)/.exec(nextId)?.[1] ?? 1_000_000);
  if (lower > upper) throw die(`lower (${lower}) <= upper (${upper}) boundary rule broken`);
}

export const optionRoutes: Routes = {
  "GET /cluster/options": getOptions,
  "PUT /cluster/options": setOptions,
};
