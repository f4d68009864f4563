import { CONTRACT_MAX_BYTES, CONTRACT_TREE, describeSnapshot } from "../contract/snapshot.ts";
import { memorySnapshot } from "./memory-snapshot.ts";

describeSnapshot("in memory", () => memorySnapshot(CONTRACT_TREE, { maxBytes: CONTRACT_MAX_BYTES }));
