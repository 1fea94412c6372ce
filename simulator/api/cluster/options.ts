import { contract } from "../../../contract/index.js";
import type { Call, Json, Routes } from "../../call.js";
import { withQuorum } from "../../config-lock.js";
import { die } from "../../errors.js";
import { splitList } from "../../formats/list.js";
import { splitProperties } from "../../formats/property-string.js";

/** Keys of datacenter.cfg that are read as objects (PVE/DataCenterConfig.pm). */
const asObjects = [
  "crs",
  "ha",
  "location",
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
  const format = contract()["PUT /cluster/options"]?.params[key]?.format;
  if (!asObjects.includes(key) || typeof format !== "object") return text;
  const values: Record<string, Json> = splitProperties(format, text);
  const allowed = values["user-allow-list"];
  return typeof allowed === "string" ? { ...values, "user-allow-list": splitList(allowed) } : values;
}

/** Tags that the caller may give: the registered ones and those of user-tag-access (PVE/GuestHelpers.pm). */
function allowedTags(call: Call): string[] {
  const { options } = call.cluster;
  const access = options["user-tag-access"] ?? "";
  const mode = /(?:^|,)user-allow=([^,]+)/.exec(access)?.[1] ?? "free";
  const privileged = call.rights.has("/", "Sys.Modify");
  const registered = splitList(options["registered-tags"] ?? "");
  const listed = splitList(/(?:^|,)user-allow-list=([^,]+)/.exec(access)?.[1] ?? "");
  const visible = Object.values(call.cluster.guests).filter(({ vmid }) =>
    call.rights.hasVm(vmid, undefined, "VM.Audit"),
  );
  const used = visible.flatMap(({ config }) => splitList(config["tags"] ?? ""));
  const allowed = [
    ...(privileged || mode !== "none" ? listed : []),
    ...(privileged || mode === "free" || mode === "existing" ? used : []),
  ];
  const tags = privileged ? [...allowed, ...registered] : allowed.filter((tag) => !registered.includes(tag));
  return [...new Set(tags)].sort();
}

function getOptions(call: Call): Json {
  const { options } = call.cluster;
  const audit = call.rights.has("/", "Sys.Audit");
  const keys = Object.keys(options).filter((key) => audit || key === "console" || key === "tag-style");
  const values = Object.fromEntries(keys.map((key) => [key, parsed(key, options[key] ?? "")]));
  const defaults = audit ? { mac_prefix: "BC:24:11", description: "" } : {};
  return { ...defaults, ...values, "allowed-tags": allowedTags(call) };
}

async function setOptions(call: Call): Promise<void> {
  await withQuorum(call, "datacenter.cfg");
  const nextId = call.params["next-id"];
  if (nextId !== undefined) checkRange(nextId);
  const { options } = call.cluster;
  for (const [key, value] of Object.entries(call.params)) if (key !== "delete") options[key] = value;
  for (const key of call.list("delete")) delete options[key];
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
