import type { Routes } from "../../call.js";
import { die } from "../../errors.js";
import { addRepository, aptRepositories, changeRepository } from "../../apt/apt-files.js";
import { refreshIndex, updateRows, versionRows } from "../../packages/node-packages.js";

/** `/nodes/{node}/apt`: packages are listed and refreshed, never installed. */
export const aptRoutes: Routes = {
  "GET /nodes/{node}/apt": () => ["changelog", "repositories", "update", "versions"].map((id) => ({ id })),
  "GET /nodes/{node}/apt/repositories": (call) => aptRepositories(call.node),

  "PUT /nodes/{node}/apt/repositories": (call) => addRepository(call.node, call.text("handle"), call.params["digest"]),

  "POST /nodes/{node}/apt/repositories": (call) => {
    const enabled = call.has("enabled") ? call.flag("enabled") : undefined;
    changeRepository(call.node, call.text("path"), call.int("index", 0), enabled, call.params["digest"]);
  },

  "GET /nodes/{node}/apt/update": ({ node }) => updateRows(node),

  "POST /nodes/{node}/apt/update": (call) =>
    call.task("aptupdate", "", function* (task) {
      task.log("starting apt-get update");
      yield 2000;
      const refused = refreshIndex(call.simulation, call.node);
      refused.forEach((line) => task.log(line));
      if (refused.length > 0) throw die("command 'apt-get update' failed: exit code 100");
    }),

  "GET /nodes/{node}/apt/versions": ({ node }) => versionRows(node),

  "GET /nodes/{node}/apt/changelog": (call) => {
    throw die(`changelog for ${call.text("name")} not found`);
  },
};
