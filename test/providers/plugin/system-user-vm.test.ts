import assert from "node:assert/strict";
import { leastPrivilege } from "../../../privileges";
import { GuestAccountsLab, keys } from "../../support/guest-accounts-lab";

const { theirs } = keys;

describe("accounts in a VM, by its agent", function () {
  const own = new GuestAccountsLab();
  beforeEach(() => own.start());
  afterEach(() => own.close());

  const { file, guest, told, user } = own;

  it("of a SystemUser are not looked at in a preview by a token that may not, as in a review", async () => {
    const reason = "Permission check failed (/vms/2000, VM.GuestAgent.Unrestricted)";
    const route = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
    own.lab.sim.simulation.faults.add({ effect: { kind: "status", status: 403, reason }, route });
    const inputs = own.lab.inputs("SystemUser", "dave", { vmid: own.vmid, name: "dave" });
    const checked = await own.lab.plugin.check("SystemUser", {}, { ...inputs, __preview: true });
    assert.deepEqual([checked.inputs["__problems"], checked.failures], [undefined, []]);
    await told(/account dave was not looked up: .*403/);
  });

  it("of a SystemUser in a VM come by its agent too, are of that VM alone, and go with it", async () => {
    const args = { vmid: own.vmid, name: "bob", authorizedKeys: [theirs], sudoNoPassword: true };
    const made = await own.lab.create("SystemUser", "bob", args);
    assert.deepEqual(
      [made.id, made.properties["vmid"], made.properties["uid"]],
      [`vm:${own.vmid}/bob`, own.vmid, 1001],
    );
    assert.equal(file("/home/bob/.ssh/authorized_keys"), `${theirs}\n`);
    const seen = await own.lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal((await own.lab.plugin.diff("SystemUser", made.id, seen.properties, made.inputs)).changes, "none");
    const found = await own.lab.plugin.read("SystemUser", made.id, own.lab.inputs("SystemUser", "seen", {}));
    assert.deepEqual([found.properties["vmid"], found.properties["uid"]], [own.vmid, 1001]);
    // Another VM of the number.
    const { smbios1 = "" } = guest().config;
    guest().config["smbios1"] = "uuid=00000000-0000-4000-8000-000000000000";
    assert.equal((await own.lab.plugin.read("SystemUser", made.id, made.properties)).id, "");
    const { inputs } = await own.lab.plugin.check(
      "SystemUser",
      made.inputs,
      own.lab.inputs("SystemUser", "bob", { ...args, comment: "Bob" }),
    );
    await assert.rejects(
      own.lab.plugin.update("SystemUser", made.id, made.properties, inputs),
      /VM \d+ is another one than this account was made in; nothing was changed/,
    );
    await own.lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.ok(user("bob"), "it is another VM's");
    guest().config["smbios1"] = smbios1;
    const { running } = guest();
    delete guest().running;
    const asleep = await own.lab.plugin.read("SystemUser", made.id, made.properties);
    assert.equal(asleep.id, made.id);
    await told(/VM \d+ does not run: account bob was not looked at/);
    await assert.rejects(
      own.lab.plugin.delete("SystemUser", made.id, made.properties),
      /VM \d+ does not run; start it first/,
    );
    guest().running = running!;
    await own.lab.plugin.delete("SystemUser", made.id, made.properties);
    assert.equal(user("bob"), undefined);
    const { paths } = leastPrivilege([{ kind: "SystemUser", args: { vmid: 100, name: "bob" } }]);
    assert.ok(paths["/vms/100"]?.includes("VM.GuestAgent.Unrestricted"), JSON.stringify(paths));
    assert.match(
      (await own.lab.problems("SystemUser", { vmid: own.vmid, guest: "web-1" })).join(),
      /write one of node, guest and vmid/,
    );
    assert.match(
      (await own.lab.problems("SystemUser", { node: "golf", agentTimeout: "5s" })).join(),
      /agentTimeout: is about a guest by its vmid/,
    );
  });
});
