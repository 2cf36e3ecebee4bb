import * as DKFDS from 'dkfds';
import htmx from 'htmx.org';
import './css/base.css';
import { listKeys } from './behaviours/list_keys.js';
import { pageKeys } from './behaviours/page_keys.js';
import { keepPlace } from './behaviours/place.js';
import { liveForm } from './behaviours/form.js';
import { roomKeys } from './behaviours/room_keys.js';
import { readability } from './behaviours/readability.js';

htmx.config.includeIndicatorCSS = false;
DKFDS.init();
pageKeys();
listKeys();
keepPlace();
liveForm();
roomKeys();
readability();
