import assert from "node:assert/strict";
import { VmLab } from "../qemu/vm-lab";

describe("notifications", () => {
  let lab: VmLab;
  beforeEach(() => {
    lab = new VmLab();
  });
  const at = "/cluster/notifications";
  const ask = (method: string, path: string, params = {}) => lab.ask(method, at + path, params);
  async function ok(method: string, path: string, params = {}): Promise<unknown> {
    const { status, reason, body } = await ask(method, path, params);
    assert.equal(status, 200, `${reason} ${JSON.stringify(body)}`);
    return body?.["data"];
  }
  async function refused(method: string, path: string, params = {}): Promise<[number, string]> {
    const { status, reason } = await ask(method, path, params);
    return [status, reason];
  }
  const gotify = { name: "got", server: "http://10.11.0.9", token: "very-secret" };

  it("never show a token or password", async () => {
    await ok("POST", "/endpoints/gotify", gotify);
    const mail = { name: "mail", server: "10.11.0.1", "from-address": "a@lab.test", mailto: ["b@lab.test"] };
    await ok("POST", "/endpoints/smtp", { ...mail, username: "a", password: "very-secret", port: 25 });
    const { digest, ...shown } = (await ok("GET", "/endpoints/smtp/mail")) as Record<string, unknown>;
    assert.match(String(digest), /^[0-9a-f]{64}$/);
    assert.deepEqual(shown, { ...mail, username: "a", port: 25, origin: "user-created" });
    for (const path of ["/targets", "/endpoints/gotify", "/endpoints/gotify/got", "/endpoints/smtp"])
      assert.doesNotMatch(JSON.stringify(await ok("GET", path)), /very-secret/);
    await ok("PUT", "/endpoints/gotify/got", { comment: "c" });
    assert.deepEqual(lab.cluster.notifications?.endpoints["got"]?.secrets, { token: "very-secret" });
  });

  it("keep their references", async () => {
    await ok("POST", "/endpoints/gotify", gotify);
    assert.deepEqual(await refused("POST", "/matchers", { name: "m1", target: ["nosuch"] }), [
      404,
      "endpoint 'nosuch' does not exist",
    ]);
    await ok("POST", "/matchers", { name: "m1", target: ["got"] });
    assert.deepEqual(await refused("DELETE", "/endpoints/gotify/got"), [400, "cannot delete 'got', referenced by: m1"]);
    assert.deepEqual(await refused("DELETE", "/endpoints/sendmail/got"), [404, "endpoint 'got' not found"]);
    await ok("DELETE", "/matchers/m1");
    await ok("DELETE", "/endpoints/gotify/got");
  });

  it("that are built in are changed, and come back as they were", async () => {
    const matcher = async () => (await ok("GET", "/matchers/default-matcher")) as Record<string, unknown>;
    assert.equal((await matcher())["origin"], "builtin");
    await ok("PUT", "/matchers/default-matcher", { disable: 1 });
    assert.deepEqual([(await matcher())["origin"], (await matcher())["disable"]], ["modified-builtin", 1]);
    await ok("DELETE", "/matchers/default-matcher");
    assert.deepEqual([(await matcher())["origin"], (await matcher())["disable"]], ["builtin", undefined]);
  });

  it("are changed with the digest that was read", async () => {
    await ok("POST", "/endpoints/gotify", gotify);
    const { digest } = (await ok("GET", "/endpoints/gotify/got")) as { digest: string };
    await ok("PUT", "/endpoints/gotify/got", { comment: "one", digest });
    assert.deepEqual(await refused("PUT", "/endpoints/gotify/got", { comment: "two", digest }), [
      400,
      "detected modified configuration - file changed by other user? Try again.",
    ]);
  });

  it("need their own privileges, and access to the network where a server is named", async () => {
    lab.addUser("low@pve", { "/mapping/notifications": ["Mapping.Modify"] });
    lab.addUser("net@pve", { "/mapping/notifications": ["Mapping.Modify"], "/": ["Sys.AccessNetwork"] });
    lab.user = "low@pve";
    await ok("POST", "/matchers", { name: "m1" });
    assert.equal((await ask("POST", "/endpoints/gotify", gotify)).status, 403);
    lab.user = "net@pve";
    // The privileges on / replace nothing of those on the deeper path.
    await ok("POST", "/endpoints/gotify", gotify);
  });

  it("are not written without quorum", async () => {
    lab = new VmLab("immediate", "conformance-cluster");
    for (const node of Object.values(lab.simulation.world.nodes)) if (node !== lab.node) node.state = "off";
    assert.match((await ask("POST", "/matchers", { name: "m1" })).reason, /error: no quorum!$/);
  });

  it("answer 501, counted, where nobody has recorded what Proxmox says", async () => {
    await ok("POST", "/endpoints/gotify", { ...gotify, server: "http://name.example" });
    for (const [method, path, params] of [
      ["POST", "/targets/got/test", {}],
      ["POST", "/targets/mail-to-root/test", {}],
      ["POST", "/endpoints/webhook", { name: "w1", url: "http://10.11.0.9/", method: "post", secret: ["name=a"] }],
      ["POST", "/matchers", { name: "m1", "match-calendar": ["8:00"] }],
    ] as const)
      assert.equal((await ask(method, path, params)).status, 501, path);
    const holes = lab.simulation.requests.filter(({ unbuilt }) => unbuilt);
    assert.equal(holes.length, 4);
  });
});
