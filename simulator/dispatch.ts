import { authenticate, refuseWithoutFiles, Unauthenticated, type Caller, type Credentials } from "./authentication.js";
import { Call, Reply, type Json, type Upload } from "./call.js";
import { denied, paramError, PveError, Unbuilt } from "./errors.js";
import type { RequestEffect } from "./fault-effects.js";
import { nodeState } from "./node/node-state.js";
import { checkPermissions } from "./permissions.js";
import { targetNode, UnreachableNode } from "./proxy.js";
import { masked } from "./request-record.js";
import { Rights } from "./rights.js";
import type { Route } from "./router.js";
import { findRoute } from "./api/index.js";
import type { Simulation } from "./simulation.js";
import { scalarText, verify, type RawParams } from "./verify.js";
import type { NodeState } from "./world/world.js";

/** A request as the HTTP layer hands it over. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded, without the format prefix: `/nodes/pve/qemu`. */
  readonly path: string;
  readonly params: RawParams;
  readonly credentials: Credentials;
  readonly upload?: Upload;
}

/** What goes back. */
export interface ApiResponse {
  readonly status: number;
  readonly reason: string;
  /** The JSON body; undefined is an empty body. */
  readonly body?: Readonly<Record<string, Json>>;
  /** A body that is no JSON. */
  readonly text?: string;
  /** The connection is closed without an answer. */
  readonly reset?: boolean;
}

interface Handled {
  readonly response: ApiResponse;
  readonly user?: string;
  readonly unbuilt?: boolean;
}

/** Answers one request to one node, in the order of Proxmox: authentication, route, rights, proxy, verification, handler. */
export async function dispatch(simulation: Simulation, asked: NodeState, request: ApiRequest): Promise<ApiResponse> {
  const route = findRoute(request.method, request.path);
  const key = route?.key ?? `${request.method} ${request.path}`;
  const response = await simulation.faults.duringRequest(key, () =>
    dispatchRoute(simulation, asked, request, route, key),
  );
  if (request.method !== "GET") simulation.keeper?.changed();
  simulation.keeper?.flush(); // before the client is told
  return response;
}

async function dispatchRoute(
  simulation: Simulation,
  asked: NodeState,
  request: ApiRequest,
  route: Route | undefined,
  key: string,
): Promise<ApiResponse> {
  const effects: RequestEffect[] = simulation.faults.onRequest(key);
  // a node that is off answers nothing
  if (nodeState(asked) !== asked.state) effects.push({ kind: "reset" });
  for (const effect of effects) if (effect.kind === "latency") await simulation.clock.sleep(effect.ms);
  const early = effects.map((effect) => disturbance(effect, false)).find((response) => response !== undefined);
  const handled = early ? { response: early } : await answer(simulation, asked, request, route, effects);
  const late = effects.map((effect) => disturbance(effect, true)).find((response) => response !== undefined);
  const response = late ?? handled.response;
  simulation.record({
    method: request.method,
    path: request.path,
    params: masked(request.params),
    status: response.status,
    reason: response.reason,
    node: asked.name,
    ...(handled.user === undefined ? {} : { user: handled.user }),
    ...(route ? { route: route.key } : {}),
    ...(handled.unbuilt ? { unbuilt: true } : {}),
  });
  if (simulation.clock.mode === "immediate") simulation.tasks.settle();
  if (request.method !== "GET") afterChange(simulation, asked);
  return response;
}

/** What is written may concern the HA manager, and so may what becomes of a guest. */
function afterChange({ clock, ha }: Simulation, { cluster }: NodeState): void {
  if (clock.mode === "immediate") ha?.settle(cluster);
  else ha?.wake(cluster);
}

/** What a fault makes of the reply: before the call is handled, or after. */
function disturbance(effect: RequestEffect, handled: boolean): ApiResponse | undefined {
  if (effect.kind === "reset" && (effect.handled ?? false) === handled) {
    return { status: 0, reason: "(connection closed without a response)", reset: true };
  }
  if (effect.kind === "status" && (effect.handled ?? false) === handled) {
    return { status: effect.status, reason: effect.reason };
  }
  return undefined;
}

async function answer(
  simulation: Simulation,
  asked: NodeState,
  request: ApiRequest,
  route: Route | undefined,
  effects: readonly RequestEffect[],
): Promise<Handled> {
  let caller: Caller | undefined;
  try {
    if (effects.some((effect) => effect.kind === "ticket")) throw new Unauthenticated("Authentication failed!");
    const key = `${request.method} ${request.path}`;
    if (asked.filesAway) refuseWithoutFiles(key, request.credentials);
    caller = authenticate(simulation.clusterOf(asked), key, request.credentials, simulation.clock.seconds());
    return await handle(simulation, asked, request, route, caller);
  } catch (error) {
    const user = caller?.user === undefined ? {} : { user: caller.user };
    if (error instanceof Unauthenticated) {
      await simulation.clock.sleep(3000);
      return { response: { status: 401, reason: error.message }, ...user };
    }
    if (error instanceof UnreachableNode) {
      await simulation.clock.sleep(error.after);
      return { response: { status: error.status, reason: error.message }, ...user };
    }
    if (error instanceof Unbuilt) return { response: failure(notImplemented(request)), unbuilt: true, ...user };
    if (!(error instanceof PveError)) throw error;
    if (error.status === 401) await simulation.clock.sleep(3000);
    return { response: failure(error), ...user };
  }
}

async function handle(
  simulation: Simulation,
  asked: NodeState,
  request: ApiRequest,
  route: Route | undefined,
  caller: Caller,
): Promise<Handled> {
  if (!route) throw notImplemented(request);
  const raw: RawParams = { ...request.params };
  for (const [name, value] of Object.entries(route.variables)) {
    if (raw[name] !== undefined && scalarText(raw[name]) !== value) {
      throw paramError({ [name]: "duplicate parameter (already defined in URI) with conflicting values!" });
    }
    raw[name] = value;
  }
  if (caller.byToken && route.endpoint.ticketOnly) {
    throw denied(`URI '${request.path}' not available with API token, need proper ticket.\n`);
  }
  const user = caller.user ?? "";
  const rights = new Rights(simulation.clusterOf(asked), user);
  checkPermissions(
    route.endpoint,
    caller.user === undefined ? undefined : rights,
    simulation.clusterOf(asked).access,
    raw,
  );
  const node = targetNode(simulation, asked, route.endpoint.proxyto, raw);
  const { params, arrays } = verify(route.endpoint, raw);
  if (!route.handler) {
    return { response: failure(notImplemented(request)), unbuilt: true, ...(caller.user ? { user: caller.user } : {}) };
  }
  const call = new Call(simulation, node, user, rights, params, arrays, request.upload);
  const result = (await route.handler(call)) ?? null;
  const reply = result instanceof Reply ? result : new Reply(result);
  const response: ApiResponse = {
    status: 200,
    reason: "OK",
    ...(reply.text === undefined ? { body: { data: reply.data, ...reply.beside } } : { text: reply.text }),
  };
  return { response, ...(caller.user ? { user: caller.user } : {}) };
}

function notImplemented(request: ApiRequest): PveError {
  return new PveError(501, `Method '${request.method} ${request.path}' not implemented`);
}

function failure(error: PveError): ApiResponse {
  const errors = error.errors ? { errors: error.errors } : {};
  return {
    status: error.status,
    reason: error.message.split("\n")[0] ?? "",
    body: { data: null, message: error.message, ...errors },
  };
}
