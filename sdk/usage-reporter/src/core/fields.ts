/**
 * The wire fields that an application reports, by the source that they come from. Owns which they are, how they add up and
 * their bounds for one window, as the API has them; a quantity that no application sees is not here.
 */

/** What adds up: calls, messages, bytes. */
export const summedFields = [
  'api_calls',
  'http_bytes_sent',
  'http_bytes_received',
  'mqtt_messages_published',
  'mqtt_messages_received',
  'mqtt_bytes_sent',
  'mqtt_bytes_received',
] as const;
export type SummedField = (typeof summedFields)[number];

/** Fields of the operator's own meters: sums or levels, as plans.yaml says. */
export const ownFields = ['custom_1', 'custom_2', 'custom_3', 'custom_4', 'custom_5'] as const;
export type OwnField = (typeof ownFields)[number];

/** Of which the highest sample of a window counts. */
export type PeakField = 'active_devices' | 'total_devices' | 'postgres_row_count';
/** Of which the time average over the whole window counts. */
export type AveragedField = 'postgres_size_mb';
export type Field = SummedField | OwnField | PeakField | AveragedField;

/** What is seen, or not seen, as one. */
export type Source = 'http' | 'mqtt' | 'devices' | 'database' | OwnField;

/** The fields of a source; the first is the one that every report of the source has. */
export const fieldsOf: Readonly<Record<Source, readonly Field[]>> = {
  http: ['api_calls', 'http_bytes_sent', 'http_bytes_received'],
  mqtt: ['mqtt_messages_published', 'mqtt_messages_received', 'mqtt_bytes_sent', 'mqtt_bytes_received'],
  devices: ['active_devices', 'total_devices'],
  database: ['postgres_size_mb', 'postgres_row_count'],
  custom_1: ['custom_1'],
  custom_2: ['custom_2'],
  custom_3: ['custom_3'],
  custom_4: ['custom_4'],
  custom_5: ['custom_5'],
};

/** Counted as it happens, so that nothing counted is zero; the others are asked for and are unknown until they answer. */
export const isCounted = (source: Source): boolean => source === 'http' || source === 'mqtt';

const bytesMax = 1e13;
const countMax = 1e12;
const ownUnitsMax = 1e9;

/** The most that one window may hold; the API refuses a report with more. */
export const boundOf: Readonly<Record<Field, number>> = {
  api_calls: countMax,
  http_bytes_sent: bytesMax,
  http_bytes_received: bytesMax,
  mqtt_messages_published: countMax,
  mqtt_messages_received: countMax,
  mqtt_bytes_sent: bytesMax,
  mqtt_bytes_received: bytesMax,
  active_devices: countMax,
  total_devices: countMax,
  postgres_row_count: countMax,
  postgres_size_mb: 1e6 * 1024,
  custom_1: ownUnitsMax,
  custom_2: ownUnitsMax,
  custom_3: ownUnitsMax,
  custom_4: ownUnitsMax,
  custom_5: ownUnitsMax,
};
