/** From BPMN text to the plain things that the layout needs; the text itself is never changed here. */
import { BpmnModdle } from 'bpmn-moddle';

export async function parse(xml) {
  const { rootElement, warnings } = await new BpmnModdle().fromXML(xml);
  const bad = warnings.filter((w) => /unresolved reference|duplicate/i.test(w.message));
  return { definitions: rootElement, warnings: bad.map((w) => w.message) };
}

const kinds = [
  ['event', 'bpmn:Event'], ['gateway', 'bpmn:Gateway'], ['sub', 'bpmn:SubProcess'], ['task', 'bpmn:Activity'],
];

export const kindOf = (element) => kinds.find(([, type]) => element.$instanceOf(type))?.[0];

/** Events, gateways, activities of one process or sub-process, with what hangs on them. */
export function readScope(container) {
  const scope = { id: container.id, nodes: [], flows: [], boundary: [], eventSubs: [], notes: [], ties: [], lanes: [] };
  for (const element of container.flowElements ?? []) {
    if (element.$type === 'bpmn:SequenceFlow') {
      if (!element.sourceRef || !element.targetRef) throw new Error(`${element.id}: flowet mangler start eller mål`);
      scope.flows.push({ id: element.id, name: element.name, source: element.sourceRef.id, target: element.targetRef.id, isDefault: element.sourceRef.default === element });
    } else if (element.$type === 'bpmn:BoundaryEvent') {
      if (!element.attachedToRef) throw new Error(`${element.id}: attachedToRef mangler`);
      scope.boundary.push({ id: element.id, name: element.name, kind: 'event', host: element.attachedToRef.id, type: element.$type });
    } else if (element.$type === 'bpmn:DataObjectReference' || element.$type === 'bpmn:DataStoreReference') {
      scope.notes.push({ id: element.id, name: element.name, kind: 'data', type: element.$type });
    } else if (kindOf(element)) {
      const node = readNode(element);
      (element.triggeredByEvent ? scope.eventSubs : scope.nodes).push(node);
    }
  }
  readArtifacts(container, scope);
  for (const set of container.laneSets ?? []) scope.lanes.push(...readLanes(set));
  return scope;
}

function readNode(element) {
  const node = { id: element.id, name: element.name, kind: kindOf(element), type: element.$type, marker: Boolean(element.loopCharacteristics) };
  if (node.kind === 'sub') node.scope = readScope(element);
  return node;
}

function readArtifacts(container, scope) {
  for (const artifact of container.artifacts ?? []) {
    if (artifact.$type === 'bpmn:TextAnnotation') {
      scope.notes.push({ id: artifact.id, name: artifact.text ?? '', kind: 'note', type: artifact.$type });
    } else if (artifact.$type === 'bpmn:Association') {
      scope.ties.push({ id: artifact.id, source: artifact.sourceRef?.id, target: artifact.targetRef?.id });
    }
  }
}

function readLanes(set) {
  return (set.lanes ?? []).map((lane) => ({
    id: lane.id,
    name: lane.name,
    members: new Set((lane.flowNodeRef ?? []).map((e) => e.id)),
    children: lane.childLaneSet ? readLanes(lane.childLaneSet) : [],
  }));
}

/** The whole drawing: pools in the author's order, messages between them. */
export function readDiagram(definitions) {
  const roots = definitions.rootElements ?? [];
  const collaboration = roots.find((e) => e.$type === 'bpmn:Collaboration');
  const processes = roots.filter((e) => e.$type === 'bpmn:Process');
  if (!collaboration) {
    if (processes.length !== 1) throw new Error('uden bpmn:collaboration skal filen have netop én proces');
    const scope = readScope(processes[0]);
    return { plane: processes[0].id, pools: [{ id: null, scope }], messages: [], notes: [], ties: [] };
  }
  const drawing = { plane: collaboration.id, notes: [], ties: [] };
  drawing.pools = (collaboration.participants ?? []).map((p) => ({
    id: p.id, name: p.name, scope: p.processRef ? readScope(p.processRef) : null,
  }));
  drawing.messages = (collaboration.messageFlows ?? []).map((m) => ({
    id: m.id, name: m.name, source: m.sourceRef?.id, target: m.targetRef?.id,
  }));
  readArtifacts(collaboration, drawing);
  const undrawn = processes.filter((p) => !(collaboration.participants ?? []).some((q) => q.processRef === p));
  if (undrawn.length) throw new Error(`${undrawn[0].id}: processen har ingen bpmn:participant`);
  return drawing;
}
