import { isTotp } from "../../access/totp.js";
import type { Call, Json, Routes } from "../../call.js";
import { die, paramError, PveError, Unbuilt } from "../../errors.js";
import { randomHex, randomUuid } from "../../random.js";
import type { Access, SecondFactor } from "../../world/access.js";
import { changeUsers, groupsOf, userOf } from "./config.js";

export const factorsOf = (access: Access, userid: string): readonly SecondFactor[] => access.tfa?.[userid] ?? [];

const shown = ({ id, type, description, created, enable }: SecondFactor): Record<string, Json> => ({
  ...{ id, type, created, description: description ?? "" },
  ...(enable === undefined ? {} : { enable }),
});

/** Whoever is not root@pam confirms the change with the own password (PVE/API2/TFA.pm). */
function confirm(call: Call, userid: string): void {
  userOf(call.cluster.access, userid);
  if (call.rights.isRoot) return;
  const password = call.params["password"];
  if (password === undefined) throw paramError({ password: "password is required to modify user" });
  if (call.cluster.access.passwords[call.user] !== password) throw die("invalid credentials");
}

function setFactors(call: Call, userid: string, factors: SecondFactor[]): Promise<void> {
  return changeUsers(call, "updating second factors failed", (access) => {
    access.tfa = { ...access.tfa, [userid]: factors };
    const user = userOf(access, userid);
    if (factors.length === 0) {
      delete access.tfa[userid];
      delete user.keys;
      return;
    }
    user.keys = "x";
    user.email ??= "";
  });
}

/** Kinds that need a configuration of the datacenter or realm, which the simulator never has (scenario 46, lines 70 to 72). */
function refuseUnconfigured(call: Call, type: string, userid: string): void {
  const realm = userid.split("@").at(-1) ?? "";
  const { options, access } = call.cluster;
  if ((type === "webauthn" || type === "u2f") && options[type] === undefined)
    throw die(`no ${type} configuration available`);
  if (type === "yubico" && access.domains[realm]?.["tfa"] === undefined)
    throw die(`no yubico otp configuration available for realm ${realm}`);
  if (type !== "totp" && type !== "recovery") throw new Unbuilt();
}

async function add(call: Call): Promise<Json> {
  const [userid, type] = [call.text("userid"), call.text("type")];
  const { access } = call.cluster;
  confirm(call, userid);
  const own = factorsOf(access, userid);
  const created = call.clock.seconds();
  if (type === "recovery") {
    if (own.some((factor) => factor.type === "recovery")) throw die("user already has recovery keys");
    const keys = Array.from({ length: 10 }, () => [0, 1, 2, 3].map(() => randomHex(call.world, 4)).join("-"));
    await setFactors(call, userid, [...own, { id: "recovery", type, created, keys }]);
    return { id: "recovery", recovery: keys };
  }
  const { description } = call.params;
  if (description === undefined) throw die("'description' is required for new entries");
  refuseUnconfigured(call, type, userid);
  const uri = call.params["totp"];
  // What is said without them was not recorded.
  if (uri === undefined || !call.has("value")) throw new Unbuilt();
  if (!isTotp(uri, call.text("value"), created)) throw die("failed to verify TOTP challenge");
  const id = randomUuid(call.world);
  await setFactors(call, userid, [...own, { id, type: "totp", description, created, uri }]);
  return { id };
}

function entryOf(call: Call): SecondFactor {
  const found = factorsOf(call.cluster.access, call.text("userid")).find(({ id }) => id === call.text("id"));
  if (!found) throw die("no such entry");
  return found;
}

async function change(call: Call): Promise<Json> {
  const userid = call.text("userid");
  confirm(call, userid);
  const entry = entryOf(call);
  const { enable: _, ...rest } = entry;
  const enabled = call.has("enable") ? call.flag("enable") : entry.enable === undefined;
  const changed = {
    ...rest,
    ...(call.has("description") ? { description: call.text("description") } : {}),
    ...(enabled ? {} : { enable: 0 as const }),
  };
  const own = factorsOf(call.cluster.access, userid);
  await setFactors(
    call,
    userid,
    own.map((one) => (one === entry ? changed : one)),
  );
  return "";
}

async function remove(call: Call): Promise<Json> {
  const userid = call.text("userid");
  confirm(call, userid);
  const entry = entryOf(call);
  const own = factorsOf(call.cluster.access, userid);
  await setFactors(
    call,
    userid,
    own.filter((one) => one !== entry),
  );
  return "";
}

/** Users with second factors whom the caller may see. */
function all(call: Call): Json {
  const { access } = call.cluster;
  const privileges = ["User.Modify", "Sys.Audit"];
  const seen = (userid: string): boolean =>
    userid === call.user ||
    call.rights.hasAny("/access/groups", ...privileges) ||
    groupsOf(access, userid).some((group) => call.rights.hasAny(`/access/groups/${group}`, ...privileges));
  return Object.keys(access.tfa ?? {})
    .filter(seen)
    .map((userid) => ({ userid, entries: factorsOf(access, userid).map(shown) }));
}

/** `/access/tfa` (PVE/API2/TFA.pm; scenario 46). */
export const tfaRoutes: Routes = {
  "GET /access/tfa": all,
  "GET /access/tfa/{userid}": (call) => factorsOf(call.cluster.access, call.text("userid")).map(shown),
  "POST /access/tfa/{userid}": add,
  "GET /access/tfa/{userid}/{id}": (call) => {
    const id = call.text("id");
    const found = factorsOf(call.cluster.access, call.text("userid")).find((one) => one.id === id);
    if (!found) throw new PveError(404, `No such tfa entry '${id}'`);
    return shown(found);
  },
  "PUT /access/tfa/{userid}/{id}": change,
  "DELETE /access/tfa/{userid}/{id}": remove,
  "GET /access/users/{userid}/tfa": (call) => {
    const userid = call.text("userid");
    userOf(call.cluster.access, userid);
    const types = [...new Set(factorsOf(call.cluster.access, userid).map(({ type }) => type))];
    if (call.flag("multiple")) return { user: types };
    // The single type of a user who has some was not recorded.
    if (types.length > 0) throw new Unbuilt();
    return {};
  },
  "PUT /access/users/{userid}/unlock-tfa": (call) => {
    if (!call.cluster.access.users[call.text("userid")]) throw die("no such user");
    return 0;
  },
};
