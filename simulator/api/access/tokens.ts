import type { Call, Json, Routes } from "../../call.js";
import { paramError } from "../../errors.js";
import { randomTokenValue } from "../../random.js";
import type { Token } from "../../world/access.js";
import { changeUsers, tokenOf, userOf } from "./config.js";
import { tokenFields } from "./users.js";

/** What was sent comes back as it was sent: numbers as text (scenario 01, lines 89 to 145). */
function echoed(call: Call, token: Token): Record<string, Json> {
  const sent = Object.fromEntries(
    ["privsep", "expire"].flatMap((key) => (call.has(key) ? [[key, call.text(key)]] : [])),
  );
  return { ...tokenFields(token), ...sent };
}

async function generateToken(call: Call): Promise<Json> {
  const [userid, tokenid] = [call.text("userid"), call.text("tokenid")];
  const user = userOf(call.cluster.access, userid);
  if (user.tokens[tokenid]) throw paramError({ tokenid: "Token already exists." });
  const token: Token = {
    secret: randomTokenValue(call.world),
    privsep: call.int("privsep", 1),
    expire: call.int("expire", 0),
  };
  if (call.params["comment"]) token.comment = call.params["comment"];
  await changeUsers(call, "generating token failed", () => {
    user.tokens[tokenid] = token;
  });
  const { expire, ...info } = echoed(call, token);
  return {
    info: call.has("expire") ? { ...info, expire: expire ?? null } : info,
    value: token.secret,
    "full-tokenid": `${userid}!${tokenid}`,
  };
}

async function updateToken(call: Call): Promise<Json> {
  const [userid, tokenid] = [call.text("userid"), call.text("tokenid")];
  const token = tokenOf(call.cluster.access, userid, tokenid);
  await changeUsers(call, "updating token info failed", () => {
    const unknown = call.list("delete").find((key) => key !== "comment");
    if (unknown !== undefined) throw paramError({ delete: `unknown option '${unknown}'` });
    token.privsep = call.int("privsep", token.privsep);
    token.expire = call.int("expire", token.expire);
    if (call.has("comment")) token.comment = call.text("comment");
    if (!token.comment || call.has("delete")) delete token.comment;
    if (call.flag("regenerate")) token.secret = randomTokenValue(call.world);
  });
  const value = call.flag("regenerate") ? { value: token.secret, "full-tokenid": `${userid}!${tokenid}` } : {};
  return { ...echoed(call, token), ...value };
}

async function removeToken(call: Call): Promise<void> {
  const [userid, tokenid] = [call.text("userid"), call.text("tokenid")];
  tokenOf(call.cluster.access, userid, tokenid);
  await changeUsers(call, "deleting token failed", (access) => {
    delete userOf(access, userid).tokens[tokenid];
    access.acl = access.acl.filter((acl) => acl.ugid !== `${userid}!${tokenid}`);
  });
}

export const tokenRoutes: Routes = {
  "GET /access/users/{userid}/token": (call) => {
    const { tokens } = userOf(call.cluster.access, call.text("userid"));
    return Object.entries(tokens).map(([tokenid, token]) => ({ tokenid, ...tokenFields(token) }));
  },
  "GET /access/users/{userid}/token/{tokenid}": (call) =>
    tokenFields(tokenOf(call.cluster.access, call.text("userid"), call.text("tokenid"))),
  "POST /access/users/{userid}/token/{tokenid}": generateToken,
  "PUT /access/users/{userid}/token/{tokenid}": updateToken,
  "DELETE /access/users/{userid}/token/{tokenid}": removeToken,
};
