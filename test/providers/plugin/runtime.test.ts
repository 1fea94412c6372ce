import assert from "node:assert/strict";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { providerText } from "../../../providers/kernel/program/text";
import { eventually } from "../../support/eventually";
import { secretValue } from "../../support/secret-values";
import { startPlugin, type Plugin, type Properties } from "../../support/plugin";

const tokenSecret = secretValue("the secret of a token");
const password = secretValue("a password of the wrong type");
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = "urn:pulumi:test::lab::pulumi-nodejs:dynamic/proxmox:Vm::web";
const vm = (args: Properties = {}): Properties => ({
  source: { clone: { template: 100 } },
  __urn: urn,
  __stack: "0f0e0d0c",
  ...args,
});
const state: Properties = {
  vmid: 100,
  node: "pve1",
  name: "web",
  uuid: "u",
  macs: [],
  ips: [],
  __mark: "m",
  __volumes: {},
  cores: 2,
  __inputs: ["cores"],
  __urn: urn,
};

/** A port that takes connections and never says a word. */
async function silentServer(): Promise<{ url: string; asked: Promise<unknown>; close: () => void }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => sockets.add(socket));
  const asked = once(server, "connection");
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

/** An address at which nobody listens. */
async function deadAddress(): Promise<string> {
  const { url, close } = await silentServer();
  close();
  return url;
}

const credentials = {
  "proxmox:tokenId": "root@pam!t",
  "proxmox:tokenSecret": tokenSecret,
  "proxmox:insecure": "true",
  "proxmox:previewTimeout": "300ms",
};

describe("the provider runtime, in Pulumi's plugin", function () {
  const plugins: Plugin[] = [];
  async function start(config: Properties): Promise<Plugin> {
    const plugin = await startPlugin({ text: providerText });
    plugins.push(plugin);
    await plugin.configure(config);
    return plugin;
  }
  afterEach(async () => {
    for (const plugin of plugins.splice(0)) await plugin.close();
  });

  it("is configured before the first of several parallel calls is at work", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const errors = await Promise.all(
      [1, 2, 3].map((n) =>
        plugin.read("Vm", String(n), state).then(
          () => "answered",
          (error: Error) => error.message,
        ),
      ),
    );
    for (const error of errors) assert.match(error, /ECONNREFUSED|refused/i);
  });

  it("tells every call what is wrong with the config, not only the first", async () => {
    const plugin = await start({ "proxmox:endpoints": ["http://pve1"], "proxmox:vmid": "x", "proxmox:tokenId": "me" });
    for (let round = 0; round < 2; round++) {
      const { failures } = await plugin.check("Vm", {}, vm());
      assert.deepEqual(
        failures.map(({ reason }) => reason),
        [
          'config proxmox:vmid: there is no such key; did you mean "vmids"?',
          "config proxmox:endpoints[0]: write an address such as https://192.168.3.5:8006, without a path",
          "config proxmox:tokenId: write user@realm!name",
          "config proxmox:tokenSecret: a token needs both its id and its secret",
        ],
      );
      await assert.rejects(plugin.create("Vm", vm()), /config proxmox:endpoints\[0\]/);
      await assert.rejects(plugin.delete("Vm", "100", state), /config proxmox:endpoints\[0\]/);
    }
  });

  it("checks against the schema alone when the cluster is out of reach, and says so once", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const first = await plugin.check("Vm", {}, vm({ cores: 0 }));
    const second = await plugin.check("Vm", {}, vm({ memoryMiB: 1 }));
    assert.deepEqual(
      first.failures.map(({ reason }) => reason),
      ["cores: cores per socket: at least 1 (got 0)"],
    );
    assert.deepEqual(
      second.failures.map(({ reason }) => reason),
      ["memoryMiB: memory in MiB: at least 16 (got 1)"],
    );
    const warnings = () =>
      plugin.engine.messages.filter(({ severity, message }) => severity === "warning" && /schema only/.test(message));
    await eventually("the warning", () => warnings().length > 0);
    assert.equal(warnings().length, 1);
    assert.match(
      warnings()[0]?.message ?? "",
      /nodes, storages and templates, free VMIDs, sizes and the power state of guests were not looked up/,
    );
  });

  it("lets unknown values through check, at any depth and in any type position", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const inputs = vm({
      node: unknown,
      cores: unknown,
      disks: [{ storage: unknown, sizeGiB: unknown }],
      networks: unknown,
      cloudInit: { addresses: [{ address: unknown }], sshKeys: [unknown] },
      source: { clone: { template: unknown } },
      __stack: unknown,
    });
    const checked = await plugin.check("Vm", {}, inputs);
    assert.deepEqual(checked.failures, []);
    assert.equal(checked.inputs["cores"], unknown);
    assert.equal(checked.inputs["name"], "web");
  });

  it("never guesses a replacement from an unknown value", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const olds = { ...state, __inputs: ["vmid", "cores"] };
    const unsure = await plugin.diff("Vm", "100", olds, vm({ vmid: unknown, cores: 2, source: undefined as never }));
    assert.deepEqual([unsure.changes, unsure.replaces], ["some", []]);
    const sure = await plugin.diff("Vm", "100", olds, vm({ vmid: 101, cores: 2 }));
    assert.deepEqual(sure.replaces, ["vmid"]);
  });

  it("refuses to send an unknown value to Proxmox", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    await assert.rejects(
      plugin.create("Vm", vm({ tags: [unknown] })),
      /create Vm: an input is not known yet; nothing was done/,
    );
    await assert.rejects(
      plugin.update("Vm", "100", state, vm({ tags: [unknown] })),
      /update Vm: an input is not known yet/,
    );
  });

  it("never shows a sensitive value", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const { failures } = await plugin.check("Vm", {}, vm({ cloudInit: { password: [password] }, cores: 0 }));
    assert.ok(failures.some(({ reason }) => reason.startsWith("cloudInit.password:")));
    assert.ok(failures.every(({ property }) => property === ""));
    await assert.rejects(plugin.create("Vm", vm()));
    const everything = JSON.stringify([failures, plugin.engine.messages, plugin.output]);
    assert.ok(!everything.includes(password) && !everything.includes(tokenSecret));
  });

  it("ends an operation at its own time limit and names the argument to raise", async () => {
    const silent = await silentServer();
    try {
      const plugin = await start({ ...credentials, "proxmox:endpoints": [silent.url] });
      await assert.rejects(
        plugin.create("Vm", vm({ timeouts: { create: "300ms" } })),
        /create took longer than 300ms; raise timeouts\.create if it needs more time/,
      );
    } finally {
      silent.close();
    }
  });

  it("leaves at once on the engine's SIGINT when nothing is in flight", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    await plugin.diff("Vm", "100", state, vm({ cores: 2, source: undefined as never }));
    plugin.signal("SIGINT");
    assert.equal(await plugin.exited, 0);
  });

  it("aborts work in flight on SIGINT and leaves", async () => {
    const silent = await silentServer();
    try {
      const plugin = await start({ ...credentials, "proxmox:endpoints": [silent.url] });
      const creation = assert.rejects(
        plugin.create("Vm", vm()),
        /interrupted|UNAVAILABLE|Connection dropped|ECONNRESET/i,
      );
      await silent.asked;
      plugin.signal("SIGINT");
      await creation;
      assert.equal(await plugin.exited, 0);
    } finally {
      silent.close();
    }
  });

  it("does not outlive its engine, at work or idle", async () => {
    const silent = await silentServer();
    try {
      const config = { ...credentials, "proxmox:endpoints": [silent.url] };
      const [busy, idle] = [await start(config), await start(config)];
      await idle.diff("Vm", "100", { ...state, cores: 2 }, vm({ cores: 2, source: undefined as never }));
      const creation = busy.create("Vm", vm()).catch((error: Error) => error.message);
      await silent.asked;
      busy.engine.close();
      idle.engine.close();
      assert.equal(await busy.exited, 0);
      assert.equal(await idle.exited, 0);
      await creation;
    } finally {
      silent.close();
    }
  });

  it("writes nothing to standard output, and serves every kind", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    for (const kind of ["CloudImage", "StackIdentity", "Template", "Vm"]) await plugin.check(kind, {}, vm());
    assert.match(plugin.output, /^\d+\n$/);
  });

  it("refuses a state that a newer version has written, and reads one without a version", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    await assert.rejects(plugin.delete("Vm", "100", { ...state, __v: 2 }), /written by a newer pulumi-proxmox-cluster/);
    await assert.rejects(
      plugin.delete("Vm", "100", { ...state, timeouts: { delete: "500ms" } }),
      /ECONNREFUSED|took longer/,
    );
  });

  it("tells of a number that cannot be stored as of any other mistake, in previews too", async () => {
    const plugin = await start({ ...credentials, "proxmox:endpoints": [await deadAddress()] });
    const args = vm({ memoryMiB: 2 ** 60, cores: 2 });
    const { failures } = await plugin.check("Vm", {}, args);
    assert.match(failures.map(({ reason }) => reason).join("\n"), /^memoryMiB: memory in MiB: at most 67108864/m);
    const { inputs } = await plugin.check("Vm", {}, { ...args, __preview: true });
    assert.match((inputs["__problems"] as string[]).join("\n"), /^memoryMiB: memory in MiB: at most 67108864/m);
    assert.equal(inputs["cores"], 2);
  });

  it("says that a kind which it does not know needs a newer version", async () => {
    const plugin = await start({});
    await assert.rejects(
      plugin.create("Teapot", {}),
      /has no resource Teapot; the state was written by a newer version/,
    );
  });
});
