import type { Json, Routes } from "../../call.js";
import { Call, Reply } from "../../call.js";
import { die, paramError, PveError } from "../../errors.js";
import { checkPermissions } from "../../permissions.js";
import type { FindRoute } from "../../router.js";
import { verify } from "../../verify.js";

interface Command {
  readonly method: string;
  readonly path: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** `POST /nodes/{node}/execute`: several calls below the node in one. */
export const executeRoutes = (findRoute: FindRoute): Routes => ({
  "POST /nodes/{node}/execute": async (call) => {
    const results: Json[] = [];
    for (const command of JSON.parse(call.text("commands")) as Command[])
      results.push(await run(findRoute, call, command));
    return results;
  },
});

async function run(findRoute: FindRoute, call: Call, { method, path, args = {} }: Command): Promise<Json> {
  try {
    const full = `nodes/${call.text("node")}/${path}`;
    const route = findRoute(method, `/${full}`);
    if (!route?.handler) throw die(`no handler for '${full}'`);
    for (const name of Object.keys(args)) {
      if (route.variables[name] !== undefined) throw paramError({ [name]: "duplicate parameter" });
    }
    const raw = { ...route.variables, ...args };
    checkPermissions(route.endpoint, call.rights, call.cluster.access, raw);
    const { params, arrays } = verify(route.endpoint, raw);
    const inner = new Call(call.simulation, call.node, call.user, call.rights, params, arrays);
    const result = (await route.handler(inner)) ?? null;
    return { status: 200, data: result instanceof Reply ? result.data : result };
  } catch (error) {
    if (!(error instanceof PveError)) throw error;
    const errors = error.errors ? { errors: error.errors } : {};
    return { status: error.status, message: error.message, ...errors };
  }
}
