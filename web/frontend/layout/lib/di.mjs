/** Diagram interchange as text, put into the author's file without touching anything else. */
import { kindOf } from './read.mjs';

const NAMESPACES = {
  bpmndi: 'http://www.omg.org/spec/BPMN/20100524/DI',
  dc: 'http://www.omg.org/spec/DD/20100524/DC',
  di: 'http://www.omg.org/spec/DD/20100524/DI',
};

export function writeDi(xml, definitions, drawing, { rects, edges, labels }) {
  const elements = new Map();
  collect(definitions, elements);
  const out = [];
  const declared = Object.entries(NAMESPACES)
    .filter(([prefix, uri]) => !new RegExp(`<[^>]*\\bdefinitions\\b[^>]*xmlns:${prefix}="${uri.replaceAll('.', '\\.')}"`).test(xml))
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join('');
  out.push(`  <bpmndi:BPMNDiagram${declared} id="diagram_${drawing.plane}">`);
  out.push(`    <bpmndi:BPMNPlane id="plane_${drawing.plane}" bpmnElement="${drawing.plane}">`);
  for (const [id, rect] of ordered(rects, elements)) out.push(...shapeLines(id, rect, elements.get(id), labels.get(id)));
  for (const [id, points] of edges) out.push(...edgeLines(id, points, labels.get(id)));
  out.push('    </bpmndi:BPMNPlane>', '  </bpmndi:BPMNDiagram>');
  return splice(xml, out.join('\n'));
}

function collect(element, map) {
  if (element.id) map.set(element.id, element);
  for (const key of ['rootElements', 'participants', 'messageFlows', 'flowElements', 'artifacts', 'laneSets', 'lanes']) {
    for (const child of element[key] ?? []) collect(child, map);
  }
  if (element.childLaneSet) collect(element.childLaneSet, map);
}

/** Pools, then lanes, then what stands on them; a boundary event after its host. */
function ordered(rects, elements) {
  const weight = (id) => {
    const type = elements.get(id)?.$type;
    return type === 'bpmn:Participant' ? 0 : type === 'bpmn:Lane' ? 1 : type === 'bpmn:BoundaryEvent' ? 3 : 2;
  };
  return [...rects].map(([id, rect], i) => [id, rect, i]).sort((a, b) => weight(a[0]) - weight(b[0]) || a[2] - b[2]);
}

const bounds = (r) => `<dc:Bounds x="${r.x}" y="${r.y}" width="${r.width}" height="${r.height}" />`;

function label(rect) {
  return rect ? ['        <bpmndi:BPMNLabel>', `          ${bounds(rect)}`, '        </bpmndi:BPMNLabel>'] : [];
}

function shapeLines(id, rect, element, labelRect) {
  const flags = [];
  if (['bpmn:Participant', 'bpmn:Lane'].includes(element.$type)) flags.push(' isHorizontal="true"');
  if (element.$type === 'bpmn:ExclusiveGateway') flags.push(' isMarkerVisible="true"');
  if (kindOf(element) === 'sub') flags.push(' isExpanded="true"');
  return [
    `      <bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"${flags.join('')}>`,
    `        ${bounds(rect)}`,
    ...label(labelRect),
    '      </bpmndi:BPMNShape>',
  ];
}

function edgeLines(id, points, labelRect) {
  return [
    `      <bpmndi:BPMNEdge id="${id}_di" bpmnElement="${id}">`,
    ...points.map((p) => `        <di:waypoint x="${Math.round(p.x)}" y="${Math.round(p.y)}" />`),
    ...label(labelRect),
    '      </bpmndi:BPMNEdge>',
  ];
}

/** Replace every BPMNDiagram of the file by ours, just before the end of definitions. */
function splice(xml, diagram) {
  const without = xml.replace(/[ \t]*<([\w-]+:)?BPMNDiagram\b[\s\S]*?<\/([\w-]+:)?BPMNDiagram>[ \t]*\r?\n?/g, '');
  const end = without.lastIndexOf('</', without.lastIndexOf('definitions>'));
  const head = without.slice(0, end).replace(/[ \t]+$/, '');
  return `${head}${head.endsWith('\n') ? '' : '\n'}${diagram}\n${without.slice(end).replace(/\s*$/, '\n')}`;
}
