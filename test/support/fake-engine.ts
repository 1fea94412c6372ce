import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A message that a plugin sent to the engine. */
export interface EngineMessage {
  readonly urn: string;
  readonly message: string;
  readonly ephemeral: boolean;
  readonly severity: "debug" | "info" | "warning" | "error";
}

/** The engine's side of a plugin's log calls, on a free port of the loopback. */
export class FakeEngine {
  readonly messages: EngineMessage[] = [];
  address = "";
  readonly #server = new grpc.Server();

  static async listen(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    const unimplemented: grpc.handleUnaryCall<unknown, Empty> = (_call, reply) =>
      reply({ code: grpc.status.UNIMPLEMENTED });
    engine.#server.addService(EngineService, {
      log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, reply: grpc.sendUnaryData<Empty>) => {
        engine.messages.push(messageOf(call.request));
        reply(null, new Empty());
      },
      getRootResource: unimplemented,
      setRootResource: unimplemented,
      startDebugging: unimplemented,
      requirePulumiVersion: unimplemented,
    });
    const port = await new Promise<number>((resolve, reject) =>
      engine.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    engine.address = `127.0.0.1:${port}`;
    return engine;
  }

  /** Vanishes at once, as an engine that was killed. */
  close(): void {
    this.#server.forceShutdown();
  }
}

function messageOf(request: LogRequest): EngineMessage {
  const severity = (["debug", "info", "warning", "error"] as const)[request.getSeverity()];
  return { urn: request.getUrn(), message: request.getMessage(), ephemeral: request.getEphemeral(), severity };
}
