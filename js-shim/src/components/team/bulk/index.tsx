export { AgentPicker } from './AgentPicker';
export { BulkBar } from './BulkBar';
export { HandOver } from './HandOver';
export { RowResult } from './RowResult';
export { useSelection, type Selection } from './useSelection';
