import { presets } from "../../providers/access/presets";
import type { Access } from "../../simulator/world/access.js";
import { secretUuid } from "./secret-values";

/** A token that may look at everything and change nothing. */
export function reviewToken(access: Access): { readonly id: string; readonly secret: string } {
  const secret = secretUuid("a token of reviews");
  access.users["review@pve"] = { enable: 1, expire: 0, tokens: { preview: { secret, privsep: 0, expire: 0 } } };
  access.roles["Review"] = presets.preview.map((one) => (one === "VM.Monitor" ? "VM.GuestAgent.Audit" : one));
  access.acl.push({ path: "/", type: "user", ugid: "review@pve", roleid: "Review", propagate: 1 });
  return { id: "review@pve!preview", secret };
}
