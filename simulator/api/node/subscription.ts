import { createHash } from "node:crypto";
import type { Call, Json, Routes } from "../../call.js";
import { die, paramError } from "../../errors.js";

const url = "https://www.proxmox.com/en/proxmox-virtual-environment/pricing";

/** `/nodes/{node}/subscription`: keys are kept, but never checked with a server. */
export const subscriptionRoutes: Routes = {
  "GET /nodes/{node}/subscription": (call): Json => {
    const audit = call.rights.has(`/nodes/${call.node.name}`, "Sys.Audit");
    const key = call.node.subscription;
    const about = key === undefined ? missing : { status: "active", message: "" };
    if (!audit) return { ...about, url };
    const own = { ...about, url, serverid: call.node.anonymous ? null : serverId(call) };
    return key === undefined ? own : { ...own, key, sockets: call.node.hardware.sockets };
  },

  "PUT /nodes/{node}/subscription": (call) => {
    const key = call.text("key").trim();
    const sockets = /^pve([1248])[cbsp]-[0-9a-f]{10}$/.exec(key)?.[1];
    if (sockets === undefined) throw paramError({ key: "value does not match the regex pattern" });
    if (call.node.anonymous) throw die("Failed to generate server ID");
    if (Number(sockets) < call.node.hardware.sockets)
      throw die(`wrong number of sockets (${sockets} < ${call.node.hardware.sockets})`);
    call.node.subscription = key;
  },

  "POST /nodes/{node}/subscription": () => undefined,

  "DELETE /nodes/{node}/subscription": (call) => {
    delete call.node.subscription;
  },
};

const missing = { status: "notfound", message: "There is no subscription key" };

function serverId(call: Call): string {
  return createHash("md5").update(`server ${call.node.name}`).digest("hex").toUpperCase();
}
