import type { Call, Routes } from "../../call.js";
import { die, Unbuilt } from "../../errors.js";

/** The page to which a browser is sent; nobody answers to a simulator (scenarios 45, line 395, and 46, line 146). */
function authUrl(call: Call): never {
  const realm = call.text("realm");
  const domain = call.cluster.access.domains[realm];
  if (!domain) throw die(`authentication domain '${realm}' does not exist`);
  if (domain.type !== "openid") throw die(`wrong realm type (${domain.type} != openid)`);
  // How a name that is not found is reported was not recorded.
  if (!/^https?:\/\/[\d.]+(?::\d+)?(?:\/|$)/.test(String(domain["issuer-url"]))) throw new Unbuilt();
  const refused = "io: Connection refused (os error 111)";
  throw die(`Request failed: ureq request failed - ${refused}: ${refused}`);
}

export const openidRoutes: Routes = {
  "GET /access/openid": () => [{ subdir: "auth-url" }, { subdir: "login" }],
  "POST /access/openid/auth-url": authUrl,
};
