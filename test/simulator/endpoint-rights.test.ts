import assert from "node:assert/strict";
import { contract } from "../../contract/index.js";
import { builtRoutes } from "../../simulator/api/index.js";
import { startSimulator, type Simulator } from "../../simulator/index.js";
import { labWorld } from "../support/lab.js";
import { secretUuid } from "../support/secret-values.js";
import { ask, type Answer } from "./api-client.js";

/** Writes that the contract leaves to their code: with what asks for a right there. */
const judgedInside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "DELETE /cluster/sdn/vnets/{vnet}": {},
  "DELETE /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": {},
  "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}": {},
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": { volume: "local:iso/a.iso" },
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": {},
  "DELETE /nodes/{node}/tasks/{upid}": {},
  "POST /cluster/sdn/vnets/{vnet}/firewall/rules": { type: "forward", action: "DROP" },
  "POST /cluster/sdn/vnets/{vnet}/subnets": { subnet: "10.2.0.0/24", type: "subnet" },
  "POST /nodes/{node}/migrateall": { target: "pve2" },
  "POST /nodes/{node}/qemu": { vmid: "100" },
  "POST /nodes/{node}/startall": { vms: "100" },
  "POST /nodes/{node}/stopall": { vms: "100" },
  "POST /nodes/{node}/suspendall": { vms: "100" },
  "POST /nodes/{node}/vzdump": { vmid: "100" },
  "PUT /cluster/sdn/vnets/{vnet}": {},
  "PUT /cluster/sdn/vnets/{vnet}/firewall/options": { enable: "1" },
  "PUT /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}": { comment: "x" },
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": {},
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": { volume: "local:iso/a.iso", notes: "x" },
};

/** How somebody comes in who is nobody yet. */
const doors = ["POST /access/openid/auth-url", "POST /access/ticket", "POST /access/vncticket"];

describe("the rights of each endpoint of the simulator", function () {
  let sim: Simulator;
  let upid = "";
  const asRoot = (method: string, path: string, params: Readonly<Record<string, string>>): Promise<Answer> =>
    ask(sim.nodes[0] ?? assert.fail("no node"), method, path, {
      headers: { Authorization: `PVEAPIToken=${sim.token.id}=${sim.token.secret}` },
      params,
    });
  const secret = secretUuid("a token without any right");
  before(async () => {
    const world = labWorld();
    const [cluster] = Object.values(world.clusters);
    assert.ok(cluster);
    cluster.access.users["nobody@pve"] = { enable: 1, expire: 0, tokens: { none: { secret, privsep: 0, expire: 0 } } };
    sim = await startSimulator({ seed: world, clock: "immediate" });
    for (const [path, params] of [
      ["/cluster/sdn/zones", { zone: "zone1", type: "simple" }],
      ["/cluster/sdn/vnets", { vnet: "vnet1", zone: "zone1" }],
      ["/cluster/sdn/vnets/vnet1/subnets", { subnet: "10.1.0.0/24", type: "subnet" }],
    ] as const)
      assert.equal((await asRoot("POST", path, params)).status, 200, path);
    // the firewall knows vnets that were applied
    assert.equal((await asRoot("PUT", "/cluster/sdn", {})).status, 200);
    upid = String((await asRoot("POST", "/nodes/pve1/apt/update", {})).json?.data);
  });
  after(() => sim.close());

  const endpoints = Object.keys(builtRoutes).filter((key) => contract()[key] !== undefined);
  const forEverybody = (key: string) => contract()[key]?.permissions?.user !== undefined;
  const values: Readonly<Record<string, string>> = {
    ...{ node: "pve1", vmid: "100", userid: "root@pam", storage: "local", realm: "pve", volume: "local:iso/a.iso" },
    ...{ vnet: "vnet1", subnet: "zone1-10.1.0.0-24", pos: "0" },
  };
  const send = (key: string, params: Readonly<Record<string, string>>, user?: string): Promise<Answer> => {
    const [method = "", template = ""] = key.split(" ");
    const path = template.replace(/\{([\w-]+)\}/g, (_, name: string) =>
      encodeURIComponent(name === "upid" ? upid : (values[name] ?? "x")),
    );
    const headers = user === undefined ? {} : { Authorization: `PVEAPIToken=${user}=${secret}` };
    const file = [
      '--x\r\nContent-Disposition: form-data; name="content"\r\n\r\niso',
      '--x\r\nContent-Disposition: form-data; name="filename"; filename="a.iso"\r\n\r\nx\r\n--x--\r\n',
    ].join("\r\n");
    // A file comes in a form of its own; any other is answered by a closed connection.
    const sent = template.endsWith("/upload")
      ? { body: file, contentType: "multipart/form-data; boundary=x" }
      : { params };
    return ask(sim.nodes[0] ?? assert.fail("no node"), method, path, { headers, ...sent });
  };

  it("are refused to a token that has none, before anything else is looked at", async () => {
    const answered: string[] = [];
    for (const key of endpoints.filter((one) => !forEverybody(one))) {
      const params =
        key === "PUT /access/acl" ? { path: "/vms" } : key.includes("{userid}") ? {} : { userid: "root@pam" };
      const { status, text } = await send(key, params, "nobody@pve!none");
      if (status !== 403) answered.push(`${key}: ${status} ${text}`);
    }
    assert.deepEqual(answered, []);
  });

  it("are refused to whoever is not signed in, but for what is the world's", async () => {
    const world = endpoints.filter((key) => contract()[key]?.permissions?.user === "world").sort();
    const let_in: string[] = [];
    for (const key of endpoints.filter((one) => !world.includes(one))) {
      const { status } = await send(key, {});
      if (status !== 401) let_in.push(`${key}: ${status}`);
    }
    assert.deepEqual(let_in, []);
    assert.deepEqual(world, ["GET /access/domains", "GET /access/ticket", ...doors]);
  });

  it("are judged inside, where the contract lets everybody call what writes", async () => {
    const writes = endpoints.filter((key) => !key.startsWith("GET") && forEverybody(key) && !doors.includes(key));
    assert.deepEqual(writes.sort(), Object.keys(judgedInside).sort());
    const answers: string[] = [];
    for (const [key, params] of Object.entries(judgedInside)) {
      const { status, text } = await send(key, params, "nobody@pve!none");
      // Backups are not built.
      if (status !== 403 && status !== 501) answers.push(`${key}: ${status} ${text}`);
    }
    assert.deepEqual(answers, []);
  });

  it("decide what lists show that everybody may call: without any there is nothing of anybody in them", async () => {
    const lists = [
      "/storage",
      "/pools",
      "/nodes/pve1/qemu",
      "/nodes/pve1/storage",
      "/access/acl",
      "/access/groups",
      "/cluster/tasks",
    ];
    for (const path of lists)
      assert.deepEqual([path, (await send(`GET ${path}`, {}, "nobody@pve!none")).json?.data], [path, []]);
  });
});
