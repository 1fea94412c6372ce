import type { Call, Handler, Routes } from "../../call.js";
import { withConfigLock, withQuorum } from "../../config-lock.js";
import { die } from "../../errors.js";
import { splitList } from "../../formats/list.js";
import { haIn, haOf, resourcesDigest, rulesDigest, ruleTexts } from "../../ha/ha-files.js";
import {
  addResource,
  assertGuest,
  checkedOptions,
  checkServiceState,
  isConfigured,
  parseSid,
  removeResource,
  updateResource,
} from "../../ha/ha-resources.js";
import { motionOf } from "../../ha/motion.js";
import { addRule, checkedRule, errorsOf, updateRule } from "../../ha/rules.js";
import { currentStatus, managerStatus } from "../../ha/status.js";
import { memberNames } from "../../resources.js";
import type { HaRule } from "../../world/ha.js";
import { assertQuorum } from "../qemu/vm-call.js";

/** Changes a file of /etc/pve/ha under the lock that all of them have (`lock_ha_domain` in PVE/HA/Config.pm). */
const change = (call: Call, failed: string, work: () => void): Promise<void> =>
  withConfigLock(call, "ha", failed, work, "domain");

/** Parameters that are options of what is written. */
function given({ params }: Call, ...others: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([key]) => !others.includes(key)));
}

function refuseGroup(call: Call): void {
  if (call.has("group")) throw die("invalid parameter 'group': ha groups have been migrated to rules");
}

/** A type that is sent beside the id is "useless, but do it anyway". */
function assertType(call: Call, type: string): void {
  if (call.has("type") && call.text("type") !== type) throw die("types does not match");
}

const numbers = new Set(["failback", "max_relocate", "max_restart"]);

function resourceRow(call: Call, sid: string) {
  const ha = haOf(call.cluster);
  const resource = ha.resources[sid];
  if (!resource) throw die(`no such resource '${sid}'`);
  const shown = Object.entries(resource).map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]);
  const texts = Object.fromEntries(shown) as Record<string, string | number>;
  return { ...texts, sid, type: sid.split(":")[0] ?? "", digest: resourcesDigest(ha) };
}

async function createResource(call: Call): Promise<void> {
  assertQuorum(call);
  const { sid, type, name } = parseSid(call.cluster, call.text("sid"));
  assertType(call, type);
  refuseGroup(call);
  assertGuest(call.cluster, type, name);
  const options = checkedOptions(given(call, "sid", "type"));
  await change(call, "create resource failed", () => addResource(call.cluster, sid, options));
}

async function changeResource(call: Call): Promise<void> {
  const { sid, type } = parseSid(call.cluster, call.text("sid"));
  assertType(call, type);
  refuseGroup(call);
  checkServiceState(call.cluster, sid, call.params["state"]);
  await change(call, "update resources config failed", () => {
    assertUnchanged(call, resourcesDigest(haOf(call.cluster)));
    updateResource(call.cluster, sid, given(call, "sid", "type", "digest", "delete", "group"), call.params["delete"]);
  });
}

async function deleteResource(call: Call): Promise<void> {
  const { sid } = parseSid(call.cluster, call.text("sid"));
  if (!isConfigured(call.cluster, sid)) throw die(`cannot delete service '${sid}', not HA managed!`);
  const purge = call.flag("purge", true);
  await change(call, "delete resource failed", () => removeResource(call.cluster, sid, purge));
}

function assertUnchanged(call: Call, digest: string): void {
  const sent = call.params["digest"];
  if (sent === undefined || sent === "" || sent === digest) return;
  throw die("detected modified configuration - file changed by other user? Try again.");
}

function ruleRow(call: Call, id: string) {
  const ha = haOf(call.cluster);
  const rule = ha.rules[id];
  if (!rule) throw die(`no such ha rule '${id}'`);
  const errors = errorsOf(call.cluster).get(id);
  const { disable, strict, ...texts } = ruleTexts(rule);
  return {
    ...texts,
    ...(disable === undefined ? {} : { disable: 1 }),
    ...(strict === undefined ? {} : { strict: Number(strict) }),
    ...{ rule: id, type: rule.type, digest: rulesDigest(ha), order: Object.keys(ha.rules).indexOf(id) + 1 },
    ...(errors ? { errors: { resources: errors } } : {}),
  };
}

async function createRule(call: Call): Promise<void> {
  assertQuorum(call);
  const type = call.text("type") as HaRule["type"];
  const sent = given(call, "type", "rule");
  const rule: HaRule = { resources: [], ...checkedRule(type, sent, true), type };
  await change(call, "create ha rule failed", () =>
    addRule(call.cluster, call.text("rule"), rule, memberNames(call.simulation, call.node)),
  );
}

async function changeRule(call: Call): Promise<void> {
  await change(call, "update HA rules failed", () => {
    assertUnchanged(call, rulesDigest(haOf(call.cluster)));
    const sent = given(call, "rule", "digest", "delete");
    const members = memberNames(call.simulation, call.node);
    updateRule(call.cluster, call.text("rule"), sent, splitList(call.params["delete"] ?? ""), members);
  });
}

async function motion(call: Call, what: "migrate" | "relocate") {
  const { sid } = parseSid(call.cluster, call.text("sid"));
  const node = call.text("node");
  const resource = haOf(call.cluster).resources[sid];
  if (!resource || resource["state"] === "ignored") throw die(`resource '${sid}' is not HA managed`);
  checkServiceState(call.cluster, sid);
  await withQuorum(call, "ha", "", "domain");
  haIn(call.cluster).commands.push(`${what} ${sid} ${node}`);
  const { dependent, blocking } = motionOf(call.cluster, sid);
  return {
    ...{ sid, "requested-node": node },
    ...(dependent.length > 0 ? { "comigrated-resources": [...dependent] } : {}),
    ...(blocking[node] ? { "blocking-resources": [...blocking[node]] } : {}),
  };
}

const groups = (what: string): Handler => {
  return () => {
    throw die(`cannot ${what}: ha groups have been migrated to rules`);
  };
};

/** The endpoints of high availability (PVE/API2/HA). Arming and disarming are not simulated. */
export const haRoutes: Routes = {
  "GET /cluster/ha/resources": (call) => {
    const rows = Object.keys(haOf(call.cluster).resources).map((sid) => resourceRow(call, sid));
    return rows.filter(({ type }) => !call.has("type") || type === call.text("type"));
  },
  "GET /cluster/ha/resources/{sid}": (call) => resourceRow(call, parseSid(call.cluster, call.text("sid")).sid),
  "POST /cluster/ha/resources": createResource,
  "PUT /cluster/ha/resources/{sid}": changeResource,
  "DELETE /cluster/ha/resources/{sid}": deleteResource,
  "POST /cluster/ha/resources/{sid}/migrate": (call) => motion(call, "migrate"),
  "POST /cluster/ha/resources/{sid}/relocate": (call) => motion(call, "relocate"),
  "GET /cluster/ha/rules": (call) => {
    const rules = Object.entries(haOf(call.cluster).rules);
    return rules
      .filter(([, { type }]) => !call.has("type") || type === call.text("type"))
      .filter(([, { resources }]) => !call.has("resource") || resources.includes(call.text("resource")))
      .map(([id]) => ruleRow(call, id));
  },
  "GET /cluster/ha/rules/{rule}": (call) => ruleRow(call, call.text("rule")),
  "POST /cluster/ha/rules": createRule,
  "PUT /cluster/ha/rules/{rule}": changeRule,
  // One that is not there is no error.
  "DELETE /cluster/ha/rules/{rule}": (call) =>
    change(call, "delete ha rule failed", () => void delete haIn(call.cluster).rules[call.text("rule")]),
  "GET /cluster/ha/groups": groups("index groups"),
  "GET /cluster/ha/groups/{group}": groups("read group"),
  "POST /cluster/ha/groups": groups("create group"),
  "GET /cluster/ha/status/current": (call) => currentStatus(call),
  "GET /cluster/ha/status/manager_status": (call) => managerStatus(call),
};
