import { die, paramError } from "../../errors.js";
import type { Handler, Routes } from "../../call.js";
import { digestOf } from "../../random.js";

/** The digest of a file that is not there. */
export const emptyDigest = digestOf("");

const empty: Handler = () => [];

const noJob: Handler = (call) => {
  throw paramError({ id: `No such job '${call.text("id")}'` });
};

/** ACME, metrics and replication. */
export const clusterReads: Routes = {
  "GET /cluster/acme/account": empty,
  "GET /cluster/acme/account/{name}": (call) => {
    throw paramError({ name: `ACME account config file '${call.params["name"] ?? "default"}' does not exist.` });
  },
  "GET /cluster/acme/plugins": () => [{ plugin: "standalone", type: "standalone", digest: emptyDigest }],
  "GET /cluster/acme/plugins/{id}": (call) => {
    const id = call.text("id");
    if (id === "standalone") return { plugin: "standalone", type: "standalone", digest: emptyDigest };
    throw die(`ACME plugin '${id}' not defined`);
  },
  "GET /cluster/jobs/realm-sync": empty,
  "GET /cluster/jobs/realm-sync/{id}": noJob,
  "GET /cluster/metrics/server": empty,
  "GET /cluster/replication": ({ cluster }) => (cluster.replication ?? []).map((job) => ({ ...job })),
  "GET /nodes/{node}/replication": empty,
};
