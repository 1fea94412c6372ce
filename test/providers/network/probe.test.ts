import assert from "node:assert/strict";
import type { Ssh } from "../../../pve";
import { lookBefore } from "../../../providers/network/guard/probe";
import { NetworkLab } from "./network-lab";

describe("what is looked at before a network changes", () => {
  let lab: NetworkLab;
  afterEach(() => lab.close());

  it("asks all gateways and peers at the same time, each once", async () => {
    lab = await NetworkLab.start();
    const { connection } = lab.run().pve.process;
    const peers = ["192.168.5.6", "192.168.5.7", "192.168.7.6"];
    const asked: string[] = [];
    let release = (): void => undefined;
    const all = new Promise<void>((resolve) => (release = resolve));
    // Nobody gets an answer before the last one was asked.
    const ssh = {
      exec: async (_node: string, argv: readonly string[]) => {
        const address = argv.at(-1) ?? "";
        if (asked.push(address) === 4) release();
        await all;
        return { code: address === "192.168.5.7" || address === "192.168.3.1" ? 0 : 1, stdout: "", stderr: "" };
      },
    } as unknown as Ssh;
    const { answering } = await lookBefore(
      { node: "foxtrot", connection, ssh, signal: new AbortController().signal },
      new Map([["vmbr0", { gateway: "192.168.3.1" }]]),
      [
        { name: "vlan5", addresses: [], peers: peers.slice(0, 2), jumbo: false },
        { name: "vlan7", addresses: [], peers: peers.slice(1), jumbo: false },
      ],
    );
    assert.deepEqual([...asked].sort(), ["192.168.3.1", ...peers].sort());
    assert.deepEqual([...answering].sort(), ["192.168.3.1", "192.168.5.7"]);
  });
});
