/** What is wrong with a drawing, judged by its geometry alone (whoever drew it). */
import { contains, grow, lineHits, overlaps, segments } from './geometry.mjs';
import { kindOf, parse } from './read.mjs';

const DRAWN = [
  'bpmn:Participant', 'bpmn:Lane', 'bpmn:FlowNode', 'bpmn:SequenceFlow', 'bpmn:MessageFlow',
  'bpmn:TextAnnotation', 'bpmn:Association', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference',
];

/** Returns a list of {element, text}, empty when the drawing is in order. */
export async function faultsOf(xml) {
  const { definitions } = await parse(xml);
  const model = index(definitions);
  const { rects, edges, labels, twice } = readDi(definitions);
  const faults = twice.map((id) => ({ element: id, text: 'er tegnet to gange' }));
  for (const id of model.elements.keys()) {
    if (!rects.has(id) && !edges.has(id)) faults.push({ element: id, text: 'er ikke tegnet (kør layout.mjs)' });
  }
  const shapes = [...model.elements.values()].filter((e) => isNode(e) && rects.has(e.id));
  faults.push(...overlapping(shapes, rects, model), ...outside(model, rects), ...crossing(shapes, rects, edges, model));
  faults.push(...hidden(shapes, rects, labels, model), ...slanted(edges, model), ...loose(rects, edges, model));
  return faults;
}

const isNode = (e) => kindOf(e) || ['bpmn:TextAnnotation', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference'].includes(e.$type);

function index(definitions) {
  const elements = new Map(), inside = new Map(), lanes = new Map(), pools = new Map();
  const visit = (element, parent) => {
    if (element.id && DRAWN.some((type) => element.$instanceOf(type))) {
      elements.set(element.id, element);
      inside.set(element.id, parent);
    }
    const around = kindOf(element) === 'sub' ? element.id : element.$type === 'bpmn:Process' ? element.id : parent;
    for (const key of ['rootElements', 'participants', 'messageFlows', 'flowElements', 'artifacts', 'laneSets', 'lanes']) {
      for (const child of element[key] ?? []) visit(child, around);
    }
    if (element.childLaneSet) visit(element.childLaneSet, around);
    if (element.$type === 'bpmn:Lane') for (const node of element.flowNodeRef ?? []) if (!element.childLaneSet) lanes.set(node.id, element.id);
    if (element.$type === 'bpmn:Participant' && element.processRef) pools.set(element.processRef.id, element.id);
  };
  visit(definitions);
  return { elements, inside, lanes, pools };
}

function readDi(definitions) {
  const rects = new Map(), edges = new Map(), labels = new Map(), twice = [];
  const plain = ({ x, y, width, height }) => ({ x, y, width, height });
  for (const item of (definitions.diagrams ?? []).flatMap((d) => d.plane?.planeElement ?? [])) {
    const id = item.bpmnElement?.id;
    if (!id) continue;
    if (rects.has(id) || edges.has(id)) twice.push(id);
    if (item.$type === 'bpmndi:BPMNShape' && item.bounds) rects.set(id, plain(item.bounds));
    if (item.$type === 'bpmndi:BPMNEdge') edges.set(id, (item.waypoint ?? []).map(({ x, y }) => ({ x, y })));
    if (item.label?.bounds && item.bpmnElement.name) labels.set(id, plain(item.label.bounds));
  }
  return { rects, edges, labels, twice };
}

/** The sub-processes around an element, innermost first. */
function around(id, { inside }) {
  const chain = [];
  for (let at = inside.get(id); at !== undefined; at = inside.get(at)) chain.push(at);
  return chain;
}

function overlapping(shapes, rects, model) {
  const faults = [];
  shapes.forEach((a, i) => shapes.slice(i + 1).forEach((b) => {
    if (a.attachedToRef === b || b.attachedToRef === a) return;
    if (around(a.id, model).includes(b.id) || around(b.id, model).includes(a.id)) return;
    if (overlaps(rects.get(a.id), rects.get(b.id))) faults.push({ element: a.id, text: `dækker ${b.id}` });
  }));
  return faults;
}

function outside({ elements, inside, lanes, pools }, rects) {
  const faults = [];
  for (const [id, element] of elements) {
    if (!kindOf(element) || !rects.has(id)) continue;
    const parent = inside.get(id), frame = rects.get(parent) ?? rects.get(pools.get(parent));
    const guest = element.$type === 'bpmn:BoundaryEvent';
    if (frame && !contains(frame, rects.get(id), guest ? 18 : 0)) faults.push({ element: id, text: `rager ud af ${pools.get(parent) ?? parent}` });
    const lane = lanes.get(id);
    if (lane && rects.has(lane) && elements.get(parent) === undefined && !contains(rects.get(lane), rects.get(id), guest ? 18 : 0)) {
      faults.push({ element: id, text: `står uden for sin bane ${lane}` });
    }
  }
  return faults;
}

function crossing(shapes, rects, edges, model) {
  const faults = [];
  for (const [id, points] of edges) {
    const element = model.elements.get(id);
    if (!element || element.$type === 'bpmn:Association') continue;
    const ends = [element.sourceRef?.id, element.targetRef?.id];
    for (const shape of shapes) {
      if (ends.includes(shape.id) || ends.some((end) => end && around(end, model).includes(shape.id))) continue;
      // A boundary event's flow starts on the edge of its host.
      if (element.sourceRef?.attachedToRef === shape && !lineHits(points, grow(rects.get(shape.id), -18))) continue;
      if (lineHits(points, grow(rects.get(shape.id), -1))) faults.push({ element: id, text: `går gennem ${shape.id}` });
    }
  }
  return faults;
}

function hidden(shapes, rects, labels, model) {
  const faults = [];
  const all = [...labels];
  all.forEach(([id, label], i) => {
    for (const shape of shapes) {
      if (kindOf(shape) === 'sub' && around(id, model).includes(shape.id)) continue;
      if (overlaps(label, rects.get(shape.id), 2)) faults.push({ element: id, text: `teksten ligger oven i ${shape.id}` });
    }
    for (const [other, second] of all.slice(i + 1)) {
      if (overlaps(label, second, 2)) faults.push({ element: id, text: `teksten ligger oven i teksten for ${other}` });
    }
  });
  return faults;
}

/** Both ends of a line must touch what they belong to. */
function loose(rects, edges, { elements }) {
  const faults = [];
  for (const [id, points] of edges) {
    const element = elements.get(id);
    if (!element || element.$type === 'bpmn:Association') continue;
    for (const [end, p] of [[element.sourceRef?.id, points[0]], [element.targetRef?.id, points.at(-1)]]) {
      const rect = rects.get(end);
      if (!rect || !p) continue;
      const near = { x: p.x - 2, y: p.y - 2, width: 4, height: 4 };
      if (!overlaps(near, rect) || (lineHits(points, grow(rect, -3)) && end !== undefined)) faults.push({ element: id, text: `rammer ikke kanten af ${end}` });
    }
  }
  return faults;
}

function slanted(edges, { elements }) {
  const faults = [];
  for (const [id, points] of edges) {
    if (elements.get(id)?.$type === 'bpmn:Association') continue;
    if ([...segments(points)].some(([a, b]) => Math.abs(a.x - b.x) > 1 && Math.abs(a.y - b.y) > 1)) faults.push({ element: id, text: 'går på skrå' });
  }
  return faults;
}
