### 扫描实验：限制、命令与报告。

## 限制

sweep_pairs = 用户数 × 主播数（world.n_users × world.n_streamers）最多 { $most }；收到 { $received }（WHALE_MAX_PAIRS）。
sweep_scored_pairs = 需评分的配对（重放次数 × 轮数 × 用户数 × 主播数）最多 { $most }；收到 { $received }（WHALE_MAX_SCORED_PAIRS）。
sweep_most_simulations = 模拟次数最多 { $most } 次；收到 { $received } 次（{ $setting }）。
sweep_most_k_values = k 最多 { $most } 个值；收到 { $received } 个（{ $setting }）。
study_scored_pairs = 需评分的配对（配置数 × 用户数 × 主播数）最多 { $most }；收到 { $received }（WHALE_MAX_SCORED_PAIRS）。
study_gifts = 打赏次数（模拟次数 × 用户数 × gift_probability）最多 { $most }；收到 { $received }（WHALE_MAX_PAIRS）。
figure_configuration = configuration 应为 0 至 { $most }；收到 { $received }。
figure_unknown = 图表应为 { JOIN($known, "、") } 之一；收到 { $received }。
figure_without_data = 此结果只有以下图表的数据：{ JOIN($known, "、") }；收到 { $received }。

## 命令

progress_seeds = 种子
progress_configurations = 配置
progress_steps = 步骤
progress_kernels = 内核
progress_partitions = 分区
progress_read = 读取候选
progress_reading = 第 { $number } 次读取候选
progress_sample = 抽样候选
progress_allocate = 分配
progress_fill = 填充
progress_fair = 权衡公平
progress_frontier = 前沿上的点
progress_write = 写入
progress_prices = 价格
scheduler_without_config = --scheduler 应与 --config 一起使用；收到的是自有矩阵。
until_decided_without_config = --until-decided 应与 --config 一起使用；收到的是自有矩阵。
sweep_without_input = 应给出 --config、--table，或 --ev 与 --wealth；均未给出。
sweep_without_wealth = 应提供 --wealth，或在表中有财富列；两者均未提供。
sweep_option_of_matrix = { $option } 应与 --table、--ev 或 --candidates 一起使用；收到的是 --config。
sweep_config_and_matrix = --config 与自有矩阵只能给出一个；两者均已给出。
numbers_expected = { $field } 应为逗号分隔的{ $whole ->
        [true] 整数
       *[false] 数字
    }；收到 { $received }。
study_written = { $headline } → { $output }
verified = { $path } 的各项数据均可由其 { $rows } 行重放得出。
verify_object = { $path } 应为 sweep 写出的 JSON 对象。
verify_without = { $path } 应为 sweep 的结果；其中没有 { $part }。
verify_of_matrix = { $path } 应为 sweep --config 的结果；它来自自有矩阵，验证需要该矩阵。
verify_config = { $path } 的 config：{ $reason }
gift_rate_twice = --interactions 与 --gift-rate 只能给出一个；两者均已给出。
interactions_below_gifts = 互动次数应不少于打赏次数 { $gifts }；收到 { $received }。
free_gifts = { $rows } 行的价格为 0，不计为打赏。
calibrated = { $gifts } 次打赏。 → { $output }
calibration_heading = 拟合自 { $file }：各项的目标值与拟合值。
calibration_figure = 指标
calibration_target = 目标
calibration_fitted = 拟合
calibration_off = 偏差
calibration_of_gift_rate = 打赏率
calibration_of_amount_p50 = 金额 P50
calibration_of_amount_p90 = 金额 P90
calibration_of_amount_p99 = 金额 P99
calibration_of_amount_mean = 平均金额
calibration_of_user_gini = 用户基尼系数
calibration_of_top1_user_share = 前 1 % 用户占比
calibration_of_gifts_per_giver = 人均打赏次数
calibration_of_wealth_tail = 财富尾部指数
calibration_of_streamer_gini = 主播基尼系数
beyond_tenth = 超过 10 %

## 报告

report_title = 鲸鱼扫描：{ $verdict }
report_verdict = 设上限值得吗？
report_verdict_column = 结论
report_by_means = 若只看均值、不看区间，按已发表研究的规则（Gate-5C），结论是：{ $word }。
report_no_effect_short = 未起作用
report_best = 满足标准最多的配置的三项标准：{ $name }
report_has_to_be = { $metric }；必须{ $threshold }。
report_threshold_below = 低于 { $value }
report_threshold_above = 高于 { $value }
report_metric_overcrowded_share = 拥挤占比
report_metric_streamer_gini = 主播基尼系数的变化
report_metric_revenue_pct = 收入变化
report_metric_expected_revenue_pct = 期望收入
report_metric_expected_streamer_gini = 期望收入的基尼系数
report_effect_capacity = 遵守容量
report_effect_priority = 鲸鱼优先
report_effect_cap = 上限
report_effect_fairness = 公平权重
report_effect_total = 合计
report_points = { " " }个百分点
report_chain = 逐条规则的影响，直至 { $name }
report_chain_caption = 每条规则与前一条比较，第一条与不限容量的贪心比较。收入变化和主播基尼系数按实际打赏计算，也受运气影响。
report_rule = 规则
report_published = 已发表研究的规则
report_labelled = { $title }：{ $word }
report_none = 无
report_range = { $low } 至 { $high }
report_interval = 95 % 区间为 { $low } 至 { $high }{ $unit }。
report_no_interval = 没有区间。
report_no_interval_short = 没有区间
report_binds_at = 涉及 { $streamers } 位主播
report_binds_in = 轮次的 { FORMAT($percent, ".3g") } %
report_findings = 发现
report_figures = 图表
report_configurations = 全部配置
report_configuration = 配置
report_k_binds = k 起作用
report_caption = { $simulations } 次{ $matrix ->
        [true] 打赏
       *[false] { "" }
    }模拟的均值及 95 % 自助法区间。变化均相对贪心，按种子配对。{ $corrected ->
        [true] p 值已针对全部配置校正（Holm）。
       *[false] { "" }
    }
report_caption_effects = { $simulations } 次模拟的均值及 95 % 自助法区间。上限、权重与没有它们的同一规则比较，合计与不限容量的贪心比较。{ $corrected ->
        [true] p 值已针对全部配置校正（Holm）。
       *[false] { "" }
    }
report_again = 再次运行
report_again_matrix = 使用相同的矩阵和财富；若有容量，加上
report_again_config = 保存为 sweep.yaml 并运行
report_seeds = 种子
report_result = 结果
