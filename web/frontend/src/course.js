// The drawing of a course: what has happened is shaded, where the case waits is marked.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './css/course.css';

const place = document.getElementById('course');
const { visited, here: now } = JSON.parse(place.querySelector('script').textContent);
const xml = await fetch(place.dataset.xml).then((answer) => answer.text());
place.replaceChildren();
const viewer = new NavigatedViewer({ container: place });
await viewer.importXML(xml);
const canvas = viewer.get('canvas');
const registry = viewer.get('elementRegistry');
const mark = (ids, marker) => ids.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, marker));
mark(visited, 'been');
mark(now, 'now');
canvas.zoom('fit-viewport', 'auto');
// A wide drawing is read from where the case is, not as a line of dots.
const here = now.map((id) => registry.get(id)).find(Boolean);
if (canvas.zoom() < 0.5) {
  canvas.zoom(0.7, here ? { x: here.x + here.width / 2, y: here.y + here.height / 2 } : undefined);
  if (here) canvas.scrollToElement(here, { top: 160, bottom: 160, left: 400, right: 200 });
}
place.dataset.ready = 'yes';
