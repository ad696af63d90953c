// The part of ECharts that Parlance's charts use, as one script that sets the global `echarts`. The page loads it
// from its own server after first paint. A chart that needs another component adds it here, within the size budget.
import { dispose, getInstanceByDom, init, use, version } from "echarts/core";
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  BrushComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([
  AriaComponent,
  BarChart,
  BrushComponent,
  CanvasRenderer,
  DataZoomComponent,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
]);

globalThis.echarts = { dispose, getInstanceByDom, init, version };
