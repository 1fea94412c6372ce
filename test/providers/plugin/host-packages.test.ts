import assert from "node:assert/strict";
import { eventually } from "../../support/eventually";
import { Lab, labWorld, sshConfig, type AnyLab } from "../../support/lab";
import type { Properties } from "../../support/plugin";

const newKernel = "proxmox-kernel-6.17.9-1-pve-signed";

describe("packages and the kernel of a node", function () {
  let lab: AnyLab;
  beforeEach(async () => {
    const world = labWorld("empty:2");
    for (const { apt } of Object.values(world.nodes)) assert.equal(apt, undefined);
    lab = await Lab.here({ seed: world }, (sim) => ({
      ...sshConfig(sim),
      "proxmox:endpoints": [sim.nodes[0]!.url],
      "proxmox:nodes": {
        pve2: { endpoint: sim.nodes[1]!.url, fingerprint: sim.nodes[1]!.fingerprint, password: sim.password },
      },
    }));
    for (const node of ["pve1", "pve2"]) {
      await lab.create("AptRepository", `enterprise-${node}`, { node, handle: "enterprise", enabled: false });
      await lab.create("AptRepository", `ceph-${node}`, { node, handle: "ceph-squid-enterprise", enabled: false });
      await lab.create("AptRepository", `free-${node}`, { node, handle: "no-subscription" });
    }
  });
  afterEach(async () => {
    const unbuilt = lab.sim.sshRecords.filter((record) => record.unbuilt).map(({ what }) => what);
    await lab.close();
    assert.deepEqual(unbuilt, []);
  });

  const world = (node = "pve1") => lab.sim.world.nodes[node]!;
  const installed = (node = "pve1") => world(node).packages?.installed ?? {};
  const commands = (part: string | RegExp) => lab.sim.sshRecords.filter(({ what }) => what.match(part) !== null);
  const preview = async (kind: string, name: string, args: Properties): Promise<string[]> => {
    const { inputs } = await lab.plugin.check(kind, {}, { ...lab.inputs(kind, name, args), __preview: true });
    return (inputs["__problems"] as string[] | undefined) ?? [];
  };
  const told = (name: string, part: string | RegExp) =>
    eventually(`${String(part)} in the row of ${name}`, () =>
      lab.plugin.engine.messages.some(({ urn, message }) => urn.endsWith(`::${name}`) && message.match(part) !== null),
    );
  const runs = (vmid: number, config: Record<string, string>) => {
    lab.sim.world.clusters["pve1"]!.guests[String(vmid)] = {
      ...{ vmid, type: "qemu", node: "pve1", pending: {}, pendingDelete: {}, snapshots: {} },
      config: { name: `vm-${vmid}`, ...config },
      running: { pid: 1, since: lab.sim.world.time, booting: lab.sim.world.time },
    };
  };
  const isRunning = (vmid: number) => lab.sim.world.clusters["pve1"]!.guests[String(vmid)]?.running !== undefined;

  describe("a package", () => {
    it("is installed with what it needs, stays at rest, comes back and stays when the resource is deleted", async () => {
      for (const node of ["pve1", "pve2"]) {
        const name = `tools-${node}`;
        // Not known to apt before its lists are refreshed.
        assert.deepEqual(await preview("SystemPackage", name, { node, packages: ["htop", "postfix"] }), []);
        const made = await lab.create("SystemPackage", name, { node, packages: ["htop", "postfix"] });
        assert.deepEqual(made.properties["versions"], { htop: "3.4.1-5", postfix: "3.10.5-1" });
        assert.equal(installed(node)["libnl-3-200"], "3.7.0-2");
        const before = commands(/systemd-run/).length;
        await lab.plugin.update("SystemPackage", made.id, made.properties, made.inputs);
        assert.equal(commands(/systemd-run/).length, before);

        delete installed(node)["htop"];
        const read = await lab.plugin.read("SystemPackage", made.id, made.properties);
        assert.deepEqual(read.properties["packages"], ["postfix"]);
        assert.equal((await lab.plugin.diff("SystemPackage", made.id, read.properties, made.inputs)).changes, "some");
        await lab.plugin.update("SystemPackage", made.id, read.properties, made.inputs);
        assert.equal(installed(node)["htop"], "3.4.1-5");
        await lab.plugin.delete("SystemPackage", made.id, made.properties);
        assert.equal(installed(node)["htop"], "3.4.1-5");
        await told(name, `node ${node} keeps htop, postfix; they are no longer managed`);
      }
      const [first] = commands(/systemd-run.*install/);
      assert.match(
        first?.what ?? "",
        /'--setenv=DEBIAN_FRONTEND=noninteractive' .* -- apt-get -y -q .*--no-remove install -- htop$/,
      );
    });

    it("goes with the resource when that is asked for, if it has brought it and nothing else goes", async () => {
      const args = { node: "pve1", packages: ["vim-runtime", "postfix"], removeOnDelete: true };
      const made = await lab.create("SystemPackage", "editor", args);
      await lab.create("SystemPackage", "other", { node: "pve1", packages: ["vim"] });
      await assert.rejects(
        lab.plugin.delete("SystemPackage", made.id, made.properties),
        /removing vim-runtime from node pve1 would change vim too; nothing was removed/,
      );
      assert.ok(installed()["vim-runtime"]);
      delete installed()["vim"];
      await lab.plugin.delete("SystemPackage", made.id, made.properties);
      assert.deepEqual([installed()["vim-runtime"], installed()["postfix"]], [undefined, "3.10.5-1"]);
    });

    it("that would push another one out is refused at preview, and again before anything is done", async () => {
      await lab.create("SystemPackage", "first", { node: "pve1", packages: ["curl"] });
      const args = { node: "pve1", packages: ["exim4-daemon-light"] };
      assert.match(
        (await preview("SystemPackage", "mail", args)).join(),
        /^packages: .*would remove postfix; nothing was changed/,
      );
      const inputs = lab.inputs("SystemPackage", "mail", args);
      await assert.rejects(lab.plugin.create("SystemPackage", inputs), /would remove postfix/);
      assert.ok(installed()["postfix"]);
    });

    it("in a version is that version; one that nobody has is told of, and the next run goes on", async () => {
      await lab.create("SystemPackage", "first", { node: "pve1", packages: ["curl=8.14.1-2"] });
      assert.deepEqual(await preview("SystemPackage", "gone", { node: "pve1", packages: ["htopp"] }), []);
      await told("gone", /Unable to locate package htopp/);
      const failed = lab.create("SystemPackage", "gone", { node: "pve1", packages: ["htopp"] });
      await assert.rejects(failed, (error: { partial?: { id: string } }) => error.partial?.id === "pve1/gone");
      await assert.rejects(
        lab.create("SystemPackage", "old", { node: "pve1", packages: ["curl=8.0-1"] }),
        /was not found/,
      );
    });

    it("waits for dpkg's lock, and for apt that an earlier run has begun", async () => {
      await lab.create("SystemPackage", "first", { node: "pve1", packages: ["curl"] });
      world().packages!.locked = { until: lab.sim.clock.now() + 300_000, by: "unattended-upgr" };
      await lab.create("SystemPackage", "waits", { node: "pve1", packages: ["vim"] });
      assert.ok(installed()["vim"]);
      world().packages!.locked = { until: lab.sim.clock.now() + 3_600_000, by: "unattended-upgr" };
      await assert.rejects(
        lab.create("SystemPackage", "late", { node: "pve1", packages: ["htop"] }),
        /Could not get lock .*unattended-upgr/,
      );
    });

    it("needs SSH, and says so", async () => {
      const other = await Lab.hereOn(lab.sim, { "proxmox:endpoints": [lab.sim.nodes[0]!.url] });
      try {
        assert.match(
          (await other.problems("SystemPackage", { node: "pve1", packages: ["htop"] })).join(),
          /^node: needs SSH to the nodes/,
        );
        assert.match(
          (await other.problems("Sysctl", { node: "pve1", values: { "vm.swappiness": 1 } })).join(),
          /needs SSH/,
        );
        assert.match((await other.problems("AptUpgrade", { node: "pve1" })).join(), /needs SSH/);
      } finally {
        await other.close();
      }
    });
  });

  describe("kernel parameters", () => {
    const file = (name: string) => {
      const found = world().ssh?.files[`/etc/sysctl.d/${name}`];
      return found && Buffer.from(found.content, "base64").toString("utf8");
    };
    const values = { "vm.swappiness": 10, "net.ipv4.tcp_rmem": "4096 87380 134217728" };

    it("are set at once and at each boot, drift, and leave their values when the file goes", async () => {
      assert.deepEqual(await preview("Sysctl", "tuning", { node: "pve1", values }), []);
      await told("tuning", /vm\.swappiness 60 -> 10/);
      const made = await lab.create("Sysctl", "tuning", { node: "pve1", values });
      assert.match(
        file("90-tuning.conf") ?? "",
        /^# Written by pulumi-proxmox-cluster for [0-9a-f]{24}; .*\nnet\.ipv4\.tcp_rmem = 4096 87380 134217728\nvm\.swappiness = 10\n$/,
      );
      assert.deepEqual(world().kernelParameters, {
        "vm.swappiness": "10",
        "net.ipv4.tcp_rmem": "4096\t87380\t134217728",
      });
      const read = await lab.plugin.read("Sysctl", made.id, made.properties);
      assert.equal((await lab.plugin.diff("Sysctl", made.id, read.properties, made.inputs)).changes, "none");
      const before = commands("sysctl -p").length;
      await lab.plugin.update("Sysctl", made.id, read.properties, made.inputs);
      assert.equal(commands("sysctl -p").length, before);

      world().kernelParameters = { ...world().kernelParameters, "vm.swappiness": "99" };
      const drifted = await lab.plugin.read("Sysctl", made.id, made.properties);
      assert.deepEqual(drifted.properties["values"], { ...values, "vm.swappiness": "99" });
      await lab.plugin.update("Sysctl", made.id, drifted.properties, made.inputs);
      assert.equal(world().kernelParameters?.["vm.swappiness"], "10");

      const seen = await lab.plugin.read("Sysctl", "pve1/90-tuning.conf", lab.inputs("Sysctl", "seen", {}));
      assert.deepEqual(seen.properties["values"], {
        "vm.swappiness": "10",
        "net.ipv4.tcp_rmem": "4096 87380 134217728",
      });
      const fewer = { ...made.inputs, values: { "vm.swappiness": 20 } };
      const { properties } = await lab.plugin.update("Sysctl", made.id, made.properties, fewer);
      await told("tuning", /net\.ipv4\.tcp_rmem on node pve1: no longer set; the values stay until the node reboots/);
      await lab.plugin.delete("Sysctl", made.id, properties);
      assert.equal(file("90-tuning.conf"), undefined);
      await told("tuning", /is deleted; the values of vm\.swappiness stay until the node reboots/);
      assert.equal(world().kernelParameters?.["vm.swappiness"], "20");
      assert.equal((await lab.plugin.read("Sysctl", made.id, properties)).id, "");
      await lab.plugin.delete("Sysctl", made.id, properties);
    });

    it("that there are not are refused at preview; what the kernel does not take leaves no file", async () => {
      assert.match(
        (
          await preview("Sysctl", "bad", { node: "pve1", values: { "vm.swapiness": 1, "vm.vfs_cache_pressure": 1 } })
        ).join(),
        /^values\.vm\.swapiness: node pve1 has no such kernel parameter/,
      );
      await assert.rejects(
        lab.create("Sysctl", "bad", { node: "pve1", values: { "vm.swappiness": 9000 } }),
        /does not take vm\.swappiness: .*Invalid argument.*is taken away again/,
      );
      assert.equal(file("90-bad.conf"), undefined);
      const made = await lab.create("Sysctl", "good", { node: "pve1", values: { "net.ipv4.ip_forward": 1 } });
      const before = file("90-good.conf");
      await assert.rejects(
        lab.plugin.update("Sysctl", made.id, made.properties, { ...made.inputs, values: { "net.ipv4.ip_forward": 2 } }),
        /is as it was/,
      );
      assert.equal(file("90-good.conf"), before);
    });

    it("are not written over a file of somebody else, and set by one resource alone", async () => {
      const content = Buffer.from("vm.swappiness = 1\n").toString("base64");
      await lab.create("Sysctl", "mine", { node: "pve1", values: { "vm.swappiness": 5 } });
      world().ssh!.files["/etc/sysctl.d/90-theirs.conf"] = { content, mode: 0o644 };
      const theirs = { node: "pve1", values: { "kernel.pid_max": 4194304 }, fileName: "90-theirs.conf" };
      assert.match((await preview("Sysctl", "theirs", theirs)).join(), /^fileName: .*this resource has not written it/);
      await assert.rejects(lab.plugin.create("Sysctl", lab.inputs("Sysctl", "theirs", theirs)), /has not written it/);
      assert.match(
        (await preview("Sysctl", "second", { node: "pve1", values: { "vm.swappiness": 7 } })).join(),
        /the kernel parameter vm\.swappiness of pve1 is set by mine already/,
      );
    });
  });

  describe("an upgrade", () => {
    const args = { node: "pve1" };

    it("runs once, tells whether a reboot is due, and again only when it is asked for", async () => {
      const made = await lab.create("AptUpgrade", "up", { ...args, triggers: ["1"] });
      assert.equal(installed()["qemu-server"], "9.2.7");
      assert.ok(installed()[newKernel]);
      assert.equal(installed()["openssh-server"], "1:10.0p1-7+deb13u1");
      const { upgraded, pending, rebootRequired } = made.properties;
      assert.deepEqual({ upgraded, pending, rebootRequired }, { upgraded: 3, pending: 0, rebootRequired: true });
      await told("up", /node pve1 needs a reboot/);
      const booted = world().booted;

      const before = commands(/systemd-run/).length;
      lab.sim.world.archive = { "pve-no-subscription": [{ name: "qemu-server", version: "9.2.9" }] };
      await lab.plugin.update("AptUpgrade", made.id, made.properties, { ...made.inputs, timeouts: { update: "30m" } });
      assert.equal(commands(/systemd-run/).length, before);
      assert.equal((await lab.plugin.diff("AptUpgrade", made.id, made.properties, made.inputs)).changes, "none");
      const again = await lab.plugin.update("AptUpgrade", made.id, made.properties, {
        ...made.inputs,
        triggers: ["2"],
      });
      assert.equal(again.properties["upgraded"], 1);
      assert.equal(installed()["qemu-server"], "9.2.9");
      assert.equal(world().booted, booted);
      await lab.plugin.delete("AptUpgrade", made.id, again.properties);
      await told("up", "node pve1 stays as it was upgraded");
    });

    it("follows what a refresh finds with keepUpToDate alone", async () => {
      const made = await lab.create("AptUpgrade", "kept", {
        ...args,
        packages: ["qemu-server", "htop"],
        keepUpToDate: true,
      });
      assert.equal(made.properties["upgraded"], 1);
      assert.equal(installed()["htop"], undefined);
      assert.equal(installed()[newKernel], undefined);
      world().packages!.index = [{ name: "qemu-server", version: "9.2.9" }];
      const read = await lab.plugin.read("AptUpgrade", made.id, made.properties);
      assert.deepEqual([read.properties["pending"], read.properties["keepUpToDate"]], [1, false]);
      assert.equal((await lab.plugin.diff("AptUpgrade", made.id, read.properties, made.inputs)).changes, "some");
      await told("kept", "upgrade: keepUpToDate");
      lab.sim.world.archive = { "pve-no-subscription": [{ name: "qemu-server", version: "9.2.9" }] };
      const { properties } = await lab.plugin.update("AptUpgrade", made.id, read.properties, made.inputs);
      assert.deepEqual([properties["pending"], properties["keepUpToDate"]], [0, true]);
    });

    it("reboots the node when that is asked for and needed, and waits until it is back with its guests", async () => {
      runs(100, { onboot: "1" });
      runs(101, {});
      const reboots = () =>
        lab.sim.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/pve1/status"));
      await lab.create("SystemPackage", "lists", { node: "pve1", packages: ["curl"] });
      assert.match(
        (await preview("AptUpgrade", "up", { ...args, reboot: true })).join(),
        /^reboot: a reboot of node pve1 shuts down the 2 guests that run there: 100 \(vm-100\), 101 \(vm-101\)\. .*shutdownGuests: true/,
      );
      await assert.rejects(
        lab.plugin.create(
          "AptUpgrade",
          lab.inputs("AptUpgrade", "no", { ...args, packages: ["proxmox-kernel-6.17"], reboot: true }),
        ),
        /shutdownGuests: true/,
      );
      assert.equal(reboots().length, 0);
      const allowed = { ...args, reboot: true, shutdownGuests: true };
      assert.deepEqual(await preview("AptUpgrade", "up", allowed), []);
      await told("up", /reboots where that needs it, 2 guests run there/);
      const made = await lab.create("AptUpgrade", "up", allowed);
      assert.equal(reboots().length, 1);
      assert.equal(world().hardware.kernel?.release, "6.17.9-1-pve");
      assert.equal(made.properties["rebootRequired"], false);
      assert.deepEqual([isRunning(100), isRunning(101)], [true, false]);

      // Nothing that needs a reboot: none.
      lab.sim.world.archive = { "pve-no-subscription": [{ name: "qemu-server", version: "9.2.9" }] };
      const next = { ...made.inputs, triggers: ["2"] };
      await lab.plugin.diff("AptUpgrade", made.id, made.properties, next);
      await told("up", /reboot: triggers \(node pve1, where 1 guest runs\)/);
      await lab.plugin.update("AptUpgrade", made.id, made.properties, next);
      assert.equal(reboots().length, 1);
    });

    it("of a node by itself reboots that node, and once when the answer is lost", async () => {
      lab.sim.simulation.faults.add({
        route: "POST /nodes/{node}/status",
        count: 1,
        effect: { kind: "reset", handled: true },
      });
      const made = await lab.create("AptUpgrade", "alone", { node: "pve2", reboot: true });
      assert.equal(made.properties["rebootRequired"], false);
      assert.equal(
        lab.sim.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/pve2/status")).length,
        1,
      );
    });

    it("removes nothing that is not named, and never the kernels and Proxmox itself", async () => {
      const running = "proxmox-kernel-6.17.4-1-pve-signed";
      const offer = (conflicts: string[]) => {
        lab.sim.world.archive = { "pve-no-subscription": [{ name: "qemu-server", version: "9.2.7", conflicts }] };
        world().packages!.index = [{ name: "qemu-server", version: "9.2.7", conflicts }];
      };
      await lab.create("SystemPackage", "lists", { node: "pve1", packages: ["htop"] });
      offer(["postfix"]);
      const problems = (more: Properties = {}) =>
        preview("AptUpgrade", "up", { ...args, packages: ["qemu-server"], ...more });
      assert.match(
        (await problems()).join(),
        /^node: the upgrade would remove postfix from node pve1; name what may go in allowRemove/,
      );
      const create = (more: Properties = {}) =>
        lab.plugin.create(
          "AptUpgrade",
          lab.inputs("AptUpgrade", "up", { ...args, packages: ["qemu-server"], ...more }),
        );
      await assert.rejects(create(), /would remove postfix[\s\S]*nothing was changed/);
      offer([running, "postfix"]);
      assert.match(
        (await problems({ allowRemove: ["postfix", running] })).join(),
        /would remove proxmox-kernel-6\.17\.4-1-pve-signed, which/,
      );
      await assert.rejects(create({ allowRemove: ["postfix", running] }), /cannot do without/);
      assert.equal(installed()["qemu-server"], "9.2.6");
      offer(["postfix"]);
      assert.deepEqual(await problems({ allowRemove: ["postfix"] }), []);
      await told("up", /removes postfix/);
      await create({ allowRemove: ["postfix"] });
      assert.deepEqual([installed()["postfix"], installed()["qemu-server"]], [undefined, "9.2.7"]);
    });
  });
});
