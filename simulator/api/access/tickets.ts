import { passwordOn } from "../../access/passwords.js";
import { isTotp } from "../../access/totp.js";
import { normalisePath } from "../../acl-path.js";
import { isEnabled } from "../../authentication.js";
import type { Call, Json, Routes } from "../../call.js";
import { addClusterLog } from "../../cluster-log.js";
import { denied, die, paramError, PveError } from "../../errors.js";
import { splitList } from "../../formats/list.js";
import { Rights } from "../../rights.js";
import { isChallenge, newChallenge, newCsrfToken, newTicket, ticketUser } from "../../tickets.js";
import { factorsOf } from "./tfa.js";
import { setPassword } from "./users.js";

/** What a failed login says, whatever the cause. */
const authenticationFailure = (): PveError => new PveError(401, "authentication failure\n");

/** The user whom a password - or a valid ticket in its place - proves. */
function provenUser(call: Call, username: string): string {
  const { cluster, clock } = call;
  const password = call.text("password");
  if (!isEnabled(cluster.access, username, clock.seconds())) throw authenticationFailure();
  const byTicket = ticketUser(cluster, password, clock.seconds());
  // root@pam may make tickets for others.
  if (byTicket !== undefined && (byTicket === username || byTicket === "root@pam")) return username;
  if (call.has("tfa-challenge")) {
    answerChallenge(call, username, password);
    return username;
  }
  if (passwordOn(call.node, cluster, username) !== password) throw authenticationFailure();
  if (call.has("otp")) throw authenticationFailure();
  return username;
}

/** `totp:123456` or `recovery:KEY` in the password's place; a recovery key works once. */
function answerChallenge(call: Call, username: string, answer: string): void {
  const { cluster, clock } = call;
  if (!isChallenge(cluster, username, call.text("tfa-challenge"), clock.seconds())) throw authenticationFailure();
  const [, type, code = ""] = /^(totp|recovery):(.*)$/.exec(answer) ?? [];
  const factors = factorsOf(cluster.access, username).filter((one) => one.type === type && one.enable === undefined);
  const found = factors.find(({ uri, keys }) =>
    uri === undefined ? keys?.includes(code) : isTotp(uri, code, clock.seconds()),
  );
  if (!found) throw authenticationFailure();
  if (found.keys) found.keys = found.keys.filter((key) => key !== code);
}

function createTicket(call: Call): Json {
  const { cluster, clock } = call;
  const realm = call.params["realm"];
  const username = provenUser(call, realm ? `${call.text("username")}@${realm}` : call.text("username"));
  const needed = factorsOf(cluster.access, username).filter(({ enable }) => enable === undefined);
  if (
    needed.length > 0 &&
    !call.has("tfa-challenge") &&
    passwordOn(call.node, cluster, username) === call.text("password")
  ) {
    const types = [...new Set(needed.map(({ type }) => type))];
    return {
      ...{ username, NeedTFA: 1, ticket: newChallenge(cluster, username, types, clock.seconds()) },
      CSRFPreventionToken: newCsrfToken(cluster, username, clock.seconds()),
    };
  }
  const rights = new Rights(cluster, username);
  const result: Record<string, Json> = { username };
  if (call.has("path") && call.has("privs")) {
    const path = normalisePath(call.text("path"));
    const privileges = splitList(call.text("privs"));
    if (path === undefined || privileges.length === 0 || !rights.has(path, ...privileges))
      throw authenticationFailure();
  } else {
    result["ticket"] = newTicket(cluster, username, clock.seconds());
    result["CSRFPreventionToken"] = newCsrfToken(cluster, username, clock.seconds());
  }
  result["cap"] = capabilities(call, rights);
  if (cluster.corosync && rights.has("/", "Sys.Audit")) result["clustername"] = cluster.corosync.name;
  addClusterLog(cluster, call.node, clock.seconds(), "root@pam", `successful auth for user '${username}'`);
  return result;
}

const sections: Readonly<Record<string, RegExp>> = {
  vms: /^(VM\.|Permissions\.Modify)/,
  access: /^((User|Group)\.|Permissions\.Modify)/,
  storage: /^(Datastore\.|Permissions\.Modify)/,
  nodes: /^(Sys\.|Permissions\.Modify)/,
  sdn: /^(SDN\.|Permissions\.Modify)/,
  dc: /^(Sys\.Audit|Sys\.Modify|SDN\.)/,
  mapping: /^(Mapping\.|Permissions\.Modify)/,
};

/** What the web interface may show: privileges anywhere, by area (compute_api_permission in PVE/RPCEnvironment.pm). */
function capabilities(call: Call, rights: Rights): Json {
  const result: Record<string, Record<string, number>> = {};
  for (const section of Object.keys(sections)) result[section] = {};
  const required = ["/", "/nodes", "/access/groups", "/vms", "/storage", "/sdn", "/mapping"];
  for (const path of new Set([...required, ...call.cluster.access.acl.map((acl) => acl.path)])) {
    const section = /^\/(\w+)/.exec(path)?.[1] ?? "dc";
    for (const privilege of Object.keys(rights.on(path))) {
      for (const name of section === "pool" ? ["vms", "storage"] : [section]) {
        const own = result[name];
        if (own && sections[name]?.test(privilege)) own[privilege] = 1;
      }
    }
  }
  return result;
}

/** The password of the caller is asked for again, except of root@pam. */
function changePassword(call: Call): void {
  const { access } = call.cluster;
  const userid = call.text("userid");
  const realm = userid.split("@").at(-1) ?? "";
  if (!call.rights.isRoot) {
    const confirmation = call.params["confirmation-password"];
    if (confirmation === undefined)
      throw paramError({ "confirmation-password": "password is required to modify user" });
    if (access.passwords[call.user] !== confirmation) throw die("invalid credentials");
  }
  if (!access.users[userid]) throw die(`no such user ('${userid}')`);
  if (!call.rights.isRoot && call.user !== userid && (userid === "root@pam" || realm === "pam")) throw denied();
  if (userid === "root@pam" && call.node.rootPassword !== undefined) call.node.rootPassword = call.text("password");
  else setPassword(access, userid, call.text("password"));
  addClusterLog(call.cluster, call.node, call.clock.seconds(), "root@pam", `changed password for user '${userid}'`);
}

const standardPaths = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

function permissions(call: Call): Json {
  const userid = call.params["userid"] ?? call.user;
  const ownToken = userid.startsWith(`${call.user}!`);
  if (userid !== call.user && !ownToken) call.rights.check("/access", "Sys.Audit");
  const rights = new Rights(call.cluster, userid);
  const path = call.params["path"];
  if (path !== undefined) return { [path]: rights.on(path) };
  const { access, pools } = call.cluster;
  const members = Object.values(pools).flatMap((pool) => [
    ...pool.vms.map((vmid) => `/vms/${vmid}`),
    ...pool.storage.map((storage) => `/storage/${storage}`),
  ]);
  const paths = new Set([...standardPaths, ...access.acl.map((acl) => acl.path), ...members]);
  const entries = [...paths].map((each) => [each, rights.on(each)] as const);
  return Object.fromEntries(entries.filter(([, privileges]) => Object.keys(privileges).length > 0));
}

export const ticketRoutes: Routes = {
  "GET /access/ticket": () => null,
  "POST /access/ticket": createTicket,
  "POST /access/vncticket": () => {
    throw authenticationFailure();
  },
  "PUT /access/password": changePassword,
  "GET /access/permissions": permissions,
};
