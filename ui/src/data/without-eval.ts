/** zod would compile its schemas with `new Function`, which the Content-Security-Policy forbids. Comes before every schema. */
import { z } from 'zod';

z.config({ jitless: true });
