import assert from "node:assert/strict";
import fc from "fast-check";
import { runCommand } from "../../../cli/pulumi-proxmox";
import { macroParts } from "../../../providers/firewall/macros";
import { firewallRulesModel } from "../../../providers/firewall/firewall-rules.model";
import { listeningServices, suggestRules, type ListeningService } from "../../../providers/firewall/suggest-rules";
import { startSimulator } from "../../../simulator";
import { socketFile } from "../../../simulator/qemu/guest-sockets.js";
import { testWorld } from "../../support/lab";

const listens = (protocol: "tcp" | "udp", port: number, address = "0.0.0.0"): ListeningService => ({
  ...{ protocol, port, address },
});
const shown = (given: Parameters<typeof suggestRules>[0]): string[] =>
  suggestRules(given).map(({ macro, protocol, destinationPort, source }) =>
    [macro ?? `${protocol ?? ""} ${destinationPort ?? ""}`, ...(source === undefined ? [] : [source])].join(" from "),
  );

describe("rules that are proposed for a guest", () => {
  it("let in what its tags name and what listens in it, each once, by Proxmox's macros where there is one", () => {
    assert.deepEqual(shown({}), []);
    assert.deepEqual(shown({ tags: "web;production" }), ["Web"]);
    assert.deepEqual(shown({ tags: ["SSH"], services: [listens("tcp", 22), listens("tcp", 22, "::")] }), ["SSH"]);
    const services = [
      listens("tcp", 9000),
      listens("udp", 53),
      listens("tcp", 53),
      listens("tcp", 443),
      listens("tcp", 80),
    ];
    assert.deepEqual(shown({ tags: "web", services, source: "10.0.0.0/24" }), [
      "Web from 10.0.0.0/24",
      "DNS from 10.0.0.0/24",
      "tcp 9000 from 10.0.0.0/24",
    ]);
  });

  it("let in nothing that only the guest itself reaches, or that a client of DHCP waits at", () => {
    const services = [
      listens("tcp", 5432, "127.0.0.1"),
      listens("tcp", 631, "::1"),
      listens("udp", 53, "127.0.0.53"),
      listens("udp", 546, "fe80:0:0:0:1:2:3:4"),
      listens("udp", 68),
    ];
    assert.deepEqual(shown({ services }), []);
  });

  it("name macros that stand for no more ports than what listens, and are rules as the program takes them", () => {
    const ports = [
      21, 22, 25, 53, 80, 110, 123, 143, 389, 443, 465, 587, 636, 873, 993, 995, 1194, 1433, 3306, 3389, 5432,
    ];
    for (const port of ports)
      for (const protocol of ["tcp", "udp"] as const)
        for (const { macro } of suggestRules({ services: [listens(protocol, port)] })) {
          if (macro === undefined) continue;
          const parts = macroParts(macro, 4) ?? assert.fail(`${macro} is no macro`);
          assert.ok(
            parts.every((part) => part.destinationPort === String(port)),
            macro,
          );
          assert.ok(
            parts.some((part) => part.protocol === protocol),
            macro,
          );
        }
    const rules = suggestRules({
      tags: "web ssh mail ping postgresql",
      services: [listens("tcp", 9000)],
      source: "+dc/us",
    });
    assert.equal(rules.length, 6);
    assert.deepEqual(firewallRulesModel.schema.safeParse({ place: { guest: 100 }, rules }).error, undefined);
  });

  it("read only what the kernel writes, whatever a guest shows", () => {
    const sockets = [
      { protocol: "tcp" as const, address: "0.0.0.0", port: 22 },
      { protocol: "tcp" as const, address: "10.0.0.5", port: 8443 },
      { protocol: "tcp" as const, address: "10.0.0.5", port: 22, peer: { address: "10.0.0.9", port: 40000 } },
      { protocol: "udp" as const, address: "127.0.0.53", port: 53 },
      { protocol: "tcp" as const, address: "::", port: 80 },
      { protocol: "udp" as const, address: "fd00::5", port: 51820 },
    ];
    const files = Object.fromEntries(
      ["tcp", "tcp6", "udp", "udp6"].map((file) => [file, socketFile(`/proc/net/${file}`, sockets) ?? ""]),
    );
    assert.deepEqual(
      listeningServices(files).map(({ protocol, address, port }) => `${protocol} ${address} ${port}`),
      ["tcp 0.0.0.0 22", "tcp 10.0.0.5 8443", "tcp :: 80", "udp 127.0.0.53 53", "udp fd00:0:0:0:0:0:0:5 51820"],
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (tcp, udp6) => {
        for (const { port, address } of listeningServices({ tcp: `${tcp}\n${files["tcp"] ?? ""}`, udp6 })) {
          assert.ok(port > 0 && port < 65_536);
          assert.match(address, /^[0-9a-f.:]+$/);
        }
      }),
    );
    assert.deepEqual(listeningServices({ tcp: "   0: 00000000:0016 00000000:0000 0A\u001b[31m; rm -rf /" }), []);
  });

  it("are printed for a guest of a cluster, by its agent, as lines of a program", async () => {
    const world = testWorld("empty:1");
    const guest = (vmid: number, name: string, more: object) => ({
      ...{ vmid, type: "qemu" as const, node: "pve1", pending: {}, pendingDelete: {}, snapshots: {}, ...more },
      config: { name, tags: "web", memory: "512", agent: "1" },
    });
    const { time } = world;
    const sockets = [
      { protocol: "tcp" as const, address: "0.0.0.0", port: 22 },
      { protocol: "tcp" as const, address: "0.0.0.0", port: 443 },
    ];
    const agent = { nextPid: 1, processes: {}, files: {}, sockets };
    const running = { pid: 1, since: time - 600_000, booting: time - 600_000, os: { agent: true }, agent };
    const { guests } = Object.values(world.clusters)[0]!;
    guests["100"] = guest(100, "web-1", { running });
    guests["101"] = guest(101, "web-2", {});
    const sim = await startSimulator({ seed: world });
    const before = { ...process.env };
    Object.assign(process.env, { PROXMOX_TOKEN_ID: sim.token.id, PROXMOX_TOKEN_SECRET: sim.token.secret });
    try {
      const [node] = sim.nodes;
      const run = async (...args: string[]) => {
        const printed = { out: "", err: "" };
        const at = ["--endpoint", node!.url, "--fingerprint", node!.fingerprint];
        const code = await runCommand(["suggest-rules", ...args, ...at], {
          input: async () => "",
          output: (text) => void (printed.out += text),
          error: (text) => void (printed.err += text),
        });
        return { code, ...printed };
      };
      const found = await run("100", "--source", "+dc/office");
      assert.deepEqual([found.code, found.err], [0, ""]);
      assert.match(found.out, /new FirewallRules\("web-1", \{\n {2}place: \{ guest: 100 \},\n {2}rules: \[/);
      assert.match(found.out, /macro: "Web", source: "\+dc\/office", comment: "by its tag web"/);
      assert.match(found.out, /macro: "SSH", source: "\+dc\/office", comment: "listens in the guest"/);
      assert.doesNotMatch(found.out, /HTTPS/);
      const stopped = await run("101");
      assert.equal(stopped.code, 0);
      assert.match(stopped.err, /what listens in guest 101 is not known, and its tags alone count: /);
      assert.match(stopped.out, /macro: "Web"/);
      assert.match((await run("102")).err, /there is no guest 102, or the token does not see it/);
      assert.equal((await run("web-1")).code, 2);
      assert.ok(sim.requests.every(({ method }) => method === "GET"));
    } finally {
      process.env = before;
      await sim.close();
    }
  });
});
