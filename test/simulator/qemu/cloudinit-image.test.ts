import assert from "node:assert/strict";
import { VmLab } from "./vm-lab";

describe("the cloud-init image of a VM", () => {
  let lab: VmLab;
  beforeEach(async () => {
    lab = new VmLab();
    await lab.create(100, { name: "web", ide2: "local:cloudinit", ciuser: "one", net0: "virtio,bridge=vmbr0" });
    await lab.run("POST", "/100/status/start");
  });
  const changes = async (): Promise<Record<string, unknown>[]> =>
    (await lab.get<Record<string, unknown>[]>("GET", "/100/cloudinit")).filter((e) => "pending" in e || "delete" in e);

  it("lags behind a running VM until it is made anew", async () => {
    await lab.get("PUT", "/100/config", { ciuser: "two", ipconfig0: "ip=dhcp" });
    assert.equal((await lab.config(100)).ciuser, "two");
    assert.deepEqual(await changes(), [
      { key: "ipconfig0", pending: "ip=dhcp" },
      { key: "ciuser", value: "one", pending: "two" },
    ]);
    await lab.get("PUT", "/100/cloudinit");
    assert.deepEqual(await changes(), []);
    await lab.get("PUT", "/100/config", { ciuser: "three" });
    await lab.run("POST", "/100/status/stop");
    await lab.run("POST", "/100/status/start");
    assert.deepEqual(await changes(), []);
  });

  it("can be read before it is made", async () => {
    const dump = await lab.get<string>("GET", "/100/cloudinit/dump", { type: "user" });
    assert.match(dump, /^#cloud-config\nhostname: web\n/);
    assert.match(dump, /user: one\n/);
  });

  it("holds the password's hash; one that is hashed stays as it is", async () => {
    const stored = () => lab.guest(100)?.config.cipassword ?? "";
    await lab.get("PUT", "/100/config", { cipassword: "secret" });
    assert.match(stored(), /^\$5\$[./0-9A-Za-z]{8}\$[./0-9A-Za-z]{43}$/);
    assert.equal((await lab.config(100)).cipassword, "**********");
    await lab.get("PUT", "/100/config", { cipassword: "$6$salt$hash" });
    assert.equal(stored(), "$6$salt$hash");
  });

  it("is one per VM and goes with its drive", async () => {
    assert.match(await lab.refusal("PUT", "/100/config", { ide3: "local:cloudinit" }), /cloud-init drive/);
    await lab.run("POST", "/100/status/stop");
    await lab.get("PUT", "/100/config", { delete: "ide2" });
    assert.deepEqual(lab.images(), []);
  });
});
