import assert from "node:assert/strict";
import { accountsOf } from "../../../simulator/linux/accounts.js";
import { sshOf } from "../../../simulator/ssh/host-key.js";
import { startSimulator, type Simulator } from "../../../simulator";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";
import { newKey } from "../../support/sshd";

/** The second machine of the simulator is no member of the first one's cluster: to that it is a guest, called web-1. */
describe("Linux accounts of a guest", function () {
  let sim: Simulator;
  let lab: AnyLab;
  const key = newKey();
  const bobs = newKey("ed25519", "bob").public;

  const hostKey = (node: string) => sim.world.nodes[node]!.ssh!.hostKey.public.split(" ").slice(0, 2).join(" ");
  const config = (more: Properties = {}): Properties => {
    const [first, second] = sim.nodes;
    const { "proxmox:sshFingerprints": _, "proxmox:sshAddresses": __, ...ssh } = sshConfig(sim);
    return {
      ...ssh,
      "proxmox:endpoints": [first!.url],
      "proxmox:fingerprints": [first!.fingerprint],
      "proxmox:sshPrivateKey": key.private,
      "proxmox:sshAddresses": { pve1: `127.0.0.1:${first!.ssh.port}`, "web-1": `127.0.0.1:${second!.ssh.port}` },
      "proxmox:sshKnownHosts": `pve1 ${hostKey("pve1")}\nweb-1 ${hostKey("pve2")}\n`,
      ...more,
    };
  };
  before(async () => {
    sim = await startSimulator({ seed: labWorld("empty:2") });
    for (const node of Object.values(sim.world.nodes)) {
      node.packages = { installed: { sudo: "1.9.16p2-3" } };
      sshOf(node).authorizedKeys.push(key.public);
    }
    lab = await Lab.hereOn(sim, config());
  });
  after(async () => {
    const unbuilt = sim.sshRecords.filter((record) => record.unbuilt).map(({ what }) => what);
    await lab.close();
    await sim.close();
    assert.deepEqual(unbuilt, []);
  });

  const user = (name: string, node = "pve2") =>
    accountsOf(sim.world.nodes[node]!).users.find((found) => found.name === name);
  const file = (path: string) => {
    const found = sim.world.nodes["pve2"]!.ssh!.files[path];
    return found && Buffer.from(found.content, "base64").toString("utf8");
  };
  const said = () => lab.plugin.engine.messages.map(({ message }) => message).join("\n");
  const preview = async (args: Properties, on = lab): Promise<string> => {
    const news = { ...on.inputs("SystemUser", "bob", args), __preview: true };
    const { inputs } = await on.plugin.check("SystemUser", {}, news);
    return ((inputs["__problems"] as string[] | undefined) ?? []).join("\n");
  };

  it("are made, changed, seen and deleted there, and nothing happens on a node", async () => {
    const from = sim.sshRecords.length;
    const args = {
      guest: "web-1",
      comment: "Bob",
      authorizedKeys: [bobs],
      sudoRules: ["/usr/bin/systemctl restart nginx"],
    };
    assert.equal(await preview(args), "");
    assert.equal(user("bob"), undefined);
    const made = await lab.create("SystemUser", "bob", args);
    const { guest, node, uid } = made.properties;
    assert.deepEqual([made.id, guest, node, uid], ["guest:web-1/bob", "web-1", undefined, 1000]);
    assert.match(user("bob")?.gecos ?? "", /^Bob,,,,pulumi=/);
    assert.equal(file("/home/bob/.ssh/authorized_keys"), `${bobs}\n`);
    assert.match(file("/etc/sudoers.d/bob") ?? "", /NOPASSWD: \/usr\/bin\/systemctl restart nginx\n$/);
    const { inputs } = await lab.plugin.check(
      "SystemUser",
      made.inputs,
      lab.inputs("SystemUser", "bob", { ...args, comment: "Bob B." }),
    );
    const diff = await lab.plugin.diff("SystemUser", made.id, made.properties, inputs);
    assert.deepEqual([diff.changes, diff.replaces], ["some", []]);
    const { properties } = await lab.plugin.update("SystemUser", made.id, made.properties, inputs);
    assert.match(user("bob")?.gecos ?? "", /^Bob B\.,,,,pulumi=/);
    const read = await lab.plugin.read("SystemUser", made.id, properties);
    assert.equal((await lab.plugin.diff("SystemUser", made.id, read.properties, inputs)).changes, "none");
    const seen = await lab.plugin.read("SystemUser", made.id, lab.inputs("SystemUser", "seen", {}));
    assert.deepEqual([seen.properties["guest"], seen.properties["uid"]], ["web-1", 1000]);
    const there = await lab.problems("SystemUser", { node: "pve1", guest: "web-1" });
    assert.match(there.join(), /write one of node, guest and vmid: where the account is/);
    assert.match((await lab.problems("SystemUser", {})).join(), /write one of node, guest and vmid/);
    const elsewhere = await lab.plugin.check(
      "SystemUser",
      made.inputs,
      lab.inputs("SystemUser", "bob", { node: "pve1" }),
    );
    const moved = await lab.plugin.diff("SystemUser", made.id, properties, elsewhere.inputs);
    assert.deepEqual(moved.replaces.toSorted(), ["guest", "node"]);
    await lab.plugin.delete("SystemUser", made.id, properties);
    assert.deepEqual([user("bob"), file("/etc/sudoers.d/bob")], [undefined, undefined]);
    await eventually("what is told of its home", () =>
      said().includes("account bob (1000) on guest web-1 is deleted; its home"),
    );
    const changes = / (?:useradd|usermod|userdel|gpasswd|tee|mv|rm|mkdir|install) |^(?:write|remove|rename|mkdir)/;
    const changed = sim.sshRecords.slice(from).filter(({ what }) => changes.test(what));
    assert.deepEqual([...new Set(changed.map(({ node }) => node))], ["pve2"]);
  });

  it("are not looked up before the guest runs, which the same program may see to", async () => {
    const away = await Lab.hereOn(sim, config({ "proxmox:sshAddresses": { "web-1": "127.0.0.1:1" } }), lab.stackId);
    try {
      assert.equal(await preview({ guest: "web-1" }, away), "");
      await eventually("that it was not looked up", () =>
        away.plugin.engine.messages.some(({ message }) =>
          /account bob was not looked up: .*127\.0\.0\.1:1/.test(message),
        ),
      );
      await assert.rejects(away.create("SystemUser", "bob", { guest: "web-1" }), /127\.0\.0\.1:1/);
    } finally {
      await away.close();
    }
  });

  it("are refused where the config does not say whom to trust, and no password of a node's is sent there", async () => {
    const { sshRecords } = sim;
    const asked = async (more: Properties, args: Properties = { guest: "web-1" }): Promise<string> => {
      const on = await Lab.hereOn(sim, config(more), lab.stackId);
      try {
        const problems = await preview(args, on);
        await assert.rejects(on.create("SystemUser", "bob", args));
        return problems;
      } finally {
        await on.close();
      }
    };
    const fingerprints = sim.nodes.map(({ ssh }) => ssh.fingerprint);
    const from = sshRecords.length;
    assert.match(
      await asked({ "proxmox:sshFingerprints": fingerprints, "proxmox:sshKnownHosts": `pve1 ${hostKey("pve1")}\n` }),
      /^guest: nothing says which host key web-1 has; write it into proxmox:sshKnownHosts/,
    );
    assert.match(
      await asked({ "proxmox:sshAddresses": {} }),
      /^guest: nothing says where web-1 is; write its address into proxmox:sshAddresses/,
    );
    assert.match(
      await asked({ "proxmox:sshPrivateKey": "" }),
      /^guest: a guest gets no password of a node; set proxmox:sshPrivateKey/,
    );
    assert.match(await asked({}, { guest: "pve1" }), /^guest: pve1 is a node; write node: "pve1"/);
    assert.match(await preview({ guest: "web 1;reboot" }), /^guest: write a name of letters/);
    assert.deepEqual(sshRecords.slice(from), []);
    // The guest's root has taken the key out: a password is not the other way in.
    const keys = sim.world.nodes["pve2"]!.ssh!.authorizedKeys.splice(0);
    const later = await Lab.hereOn(sim, config(), lab.stackId);
    await assert.rejects(later.create("SystemUser", "bob", { guest: "web-1" })).finally(() => later.close());
    sim.world.nodes["pve2"]!.ssh!.authorizedKeys.push(...keys);
    const tried = sshRecords.slice(from).map(({ kind, what, code }) => `${kind} ${what} ${code}`);
    assert.deepEqual([...new Set(tried)], ["login publickey 1"]);
    // Another host key is another machine: nothing is sent to it.
    const posing = await Lab.hereOn(
      sim,
      config({ "proxmox:sshKnownHosts": `web-1 ${hostKey("pve1")}\n` }),
      lab.stackId,
    );
    await assert
      .rejects(posing.create("SystemUser", "bob", { guest: "web-1" }), /the host key of .*web-1.*Nothing was sent/s)
      .finally(() => posing.close());
    assert.equal(user("bob"), undefined);
  });
});
