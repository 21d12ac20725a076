import { randomUUID } from 'node:crypto';
import { usageEvent } from '../../backend/events/usageEvent';
import { writeEvents } from '../../backend/storage/writer';
import { DAY, HOUR, now, openStorage, type Storage } from './storage/support';
