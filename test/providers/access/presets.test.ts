import assert from "node:assert/strict";
import { presets } from "../../../providers/access/presets";
import { Lab, labWorld } from "../../support/lab";
import { registerSecret } from "../../support/secret-values";
import { ask, type Answer } from "../../simulator/api-client";

type Params = Readonly<Record<string, string>>;
const vm = "/nodes/pve1/qemu/100";

describe("the presets of privileges, each as the only role of a user", function () {
  let lab: Lab;
  before(async () => {
    lab = await Lab.start({ seed: labWorld(), clock: "immediate" });
    const { id, secret } = lab.sim.token;
    done(await send(`${id}=${secret}`, "POST", "/nodes/pve1/qemu", machine("100")));
    done(await send(`${id}=${secret}`, "POST", `${vm}/status/start`));
  });
  after(() => lab.close());

  const machine = (vmid: string): Params => ({ vmid, memory: "512", scsi0: "local-lvm:1", agent: "1" });
  const send = (token: string, method: string, path: string, params: Params = {}): Promise<Answer> =>
    ask(lab.sim.nodes[0] ?? assert.fail("no node"), method, path, {
      headers: { Authorization: `PVEAPIToken=${token}` },
      params,
    });
  function done({ status, reason, text }: Answer): unknown {
    assert.equal(status, 200, `${reason} ${text}`);
    return (JSON.parse(text) as { data: unknown }).data;
  }
  /** A user with that preset on `/`, made as the docs tell it: what it may do, and what it is refused. */
  async function user(name: "monitoring" | "vmOperator" | "terraform") {
    const role = await lab.create("Role", name, { roleId: name, privileges: [...presets[name]] });
    const userId = `${name}@pve`;
    await lab.create("User", userId, { userId });
    await lab.create("Acl", name, { path: "/", role: role.id, user: userId });
    const { properties } = await lab.create("ApiToken", name, { user: userId, privilegeSeparation: false });
    registerSecret("the value of a token", String(properties["value"]));
    const token = String(properties["apiToken"]);
    return {
      may: async (method: string, path: string, params?: Params) => done(await send(token, method, path, params)),
      async mayNot(method: string, path: string, params?: Params) {
        const { status, text } = await send(token, method, path, params);
        assert.equal(status, 403, `${method} ${path}: ${text}`);
      },
    };
  }

  it("monitoring sees nodes, storages and guests, and changes none", async () => {
    const { may, mayNot } = await user("monitoring");
    const seen = (await may("GET", "/cluster/resources")) as { type: string }[];
    assert.deepEqual(
      ["node", "qemu", "storage"].filter((type) => !seen.some((one) => one.type === type)),
      [],
    );
    for (const path of [
      "/nodes/pve1/status",
      "/nodes/pve1/storage/local/status",
      `${vm}/status/current`,
      `${vm}/rrddata`,
    ])
      await may("GET", path, path.endsWith("rrddata") ? { timeframe: "hour" } : {});
    await mayNot("POST", `${vm}/status/stop`);
    await mayNot("PUT", `${vm}/config`, { description: "x" });
    await mayNot("POST", `${vm}/vncproxy`);
    await mayNot("POST", "/nodes/pve1/qemu", machine("101"));
    await mayNot("POST", "/pools", { poolid: "x" });
  });

  it("vmOperator stops, starts and opens the console of a guest, and neither changes nor removes it", async () => {
    const { may, mayNot } = await user("vmOperator");
    await may("POST", `${vm}/vncproxy`);
    await may("POST", `${vm}/status/stop`);
    await mayNot("PUT", `${vm}/config`, { memory: "1024" });
    await mayNot("DELETE", vm);
    await mayNot("POST", `${vm}/clone`, { newid: "101" });
    await mayNot("POST", "/nodes/pve1/qemu", machine("101"));
    await may("POST", `${vm}/status/start`);
    assert.equal(((await may("GET", `${vm}/status/current`)) as { status: string }).status, "running");
  });

  it("terraform makes a guest in a pool, changes and removes it, and gets neither consoles, snapshots nor rights", async () => {
    const { may, mayNot } = await user("terraform");
    const own = "/nodes/pve1/qemu/101";
    await may("POST", "/pools", { poolid: "web" });
    await may("POST", "/nodes/pve1/qemu", {
      ...machine("101"),
      pool: "web",
      net0: "virtio,bridge=vmbr0",
      ide2: "local-lvm:cloudinit",
    });
    await may("PUT", `${own}/config`, { cores: "2", memory: "1024", ciuser: "admin", description: "web" });
    await may("PUT", `${own}/resize`, { disk: "scsi0", size: "+1G" });
    await may("POST", `${own}/status/start`);
    await mayNot("POST", `${own}/vncproxy`);
    await mayNot("POST", `${own}/snapshot`, { snapname: "x" });
    await mayNot("PUT", "/access/acl", { path: "/", roles: "Administrator", users: "terraform@pve" });
    await may("POST", `${own}/status/stop`);
    await may("DELETE", own);
    await may("DELETE", "/pools/web");
  });
});
