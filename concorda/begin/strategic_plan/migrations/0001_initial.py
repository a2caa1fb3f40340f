import concorda.foundation.core.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('governance', '0001_initial'),
        ('motivation', '0001_initial'),
        ('partnerships', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('title', models.CharField(max_length=200, verbose_name='goal')),
                ('text', models.TextField(blank=True, verbose_name='what it means')),
                ('due', models.DateField(blank=True, null=True, verbose_name='by')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('agreed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='agreed on')),
                ('created_at', models.DateTimeField(default=concorda.foundation.core.clock.now, editable=False)),
                ('decision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.decision')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.participant', verbose_name='lead')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('level', models.CharField(choices=[('immediate', 'Immediate'), ('intermediate', 'Intermediate'), ('ultimate', 'Ultimate')], default='immediate', max_length=14, verbose_name='level')),
                ('text', models.CharField(max_length=250, verbose_name='what changes, for whom')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='outcomes', to='strategic_plan.goal', verbose_name='goal')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
            ],
            options={
                'verbose_name': 'outcome',
                'verbose_name_plural': 'outcomes',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('name', models.CharField(max_length=200, verbose_name='what is measured')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('baseline', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='starting value')),
                ('baseline_on', models.DateField(blank=True, null=True, verbose_name='measured on')),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='target')),
                ('target_on', models.DateField(blank=True, null=True, verbose_name='to be reached by')),
                ('source', models.CharField(blank=True, max_length=200, verbose_name='where the number comes from')),
                ('method', models.CharField(blank=True, max_length=200, verbose_name='how it is found out')),
                ('broken_down_by', models.CharField(blank=True, max_length=120, verbose_name='broken down by')),
                ('frequency', models.CharField(choices=[('monthly', 'Every month'), ('quarterly', 'Every quarter'), ('yearly', 'Every year')], default='quarterly', max_length=10, verbose_name='how often')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='strategic_plan.goal', verbose_name='goal')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.participant', verbose_name='who measures')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
                ('outcome', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='indicators', to='strategic_plan.outcome', verbose_name='outcome')),
            ],
            options={
                'verbose_name': 'indicator',
                'verbose_name_plural': 'indicators',
                'ordering': ['goal', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Strategy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('text', models.CharField(max_length=250, verbose_name='what we do')),
                ('delivers', models.CharField(blank=True, max_length=250, verbose_name='what it delivers')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='strategies', to='strategic_plan.goal', verbose_name='goal')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.partner', verbose_name='who carries it')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
            ],
            options={
                'verbose_name': 'strategy',
                'verbose_name_plural': 'strategies',
                'ordering': ['goal__position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='BudgetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('what', models.CharField(max_length=200, verbose_name='what for')),
                ('kind', models.CharField(choices=[('cash', 'Money'), ('in_kind', 'In kind')], default='cash', max_length=7, verbose_name='money or in kind')),
                ('funder', models.CharField(blank=True, max_length=160, verbose_name='or who else gives it')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year in which it begins')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount in dollars')),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.partner', verbose_name='which partner gives it')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
                ('goal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='budget', to='strategic_plan.goal', verbose_name='goal')),
            ],
            options={
                'verbose_name': 'budget line',
                'verbose_name_plural': 'budget',
                'ordering': ['year', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='budget_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='GoalNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='strategic_plan.goal')),
                ('need', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answered_by', to='motivation.need')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('goal', 'need'), name='goal_answers_need_once')],
            },
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('kind', models.CharField(choices=[('assumption', 'Assumption'), ('risk', 'Risk')], default='risk', max_length=10, verbose_name='kind')),
                ('text', models.CharField(max_length=250, verbose_name='what we assume, or what may go wrong')),
                ('likelihood', models.PositiveSmallIntegerField(choices=[(1, '1: hardly ever'), (2, '2: not likely'), (3, '3: possible'), (4, '4: likely'), (5, '5: almost certain')], default=3, verbose_name='how likely to go wrong')),
                ('impact', models.PositiveSmallIntegerField(choices=[(1, '1: hardly felt'), (2, '2: small'), (3, '3: noticeable'), (4, '4: serious'), (5, '5: the goal is lost')], default=3, verbose_name='how bad that would be')),
                ('response', models.TextField(blank=True, verbose_name='what we do about it')),
                ('goal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='risks', to='strategic_plan.goal', verbose_name='goal')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnerships.participant', verbose_name='who watches it')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
            ],
            options={
                'verbose_name': 'assumption or risk',
                'verbose_name_plural': 'assumptions and risks',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('likelihood__range', (1, 5)), ('impact__range', (1, 5))), name='risk_one_to_five')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('assumption', models.CharField(blank=True, max_length=250, verbose_name='if this holds')),
                ('evidence', models.PositiveSmallIntegerField(choices=[(0, 'We think so'), (1, 'We have seen it ourselves'), (2, 'Our numbers show it'), (3, 'Studies elsewhere show it')], default=0, verbose_name='how sure we are')),
                ('partnership', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to='partnerships.partnership')),
                ('outcome', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='leads_to', to='strategic_plan.outcome', verbose_name='or a change')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comes_from', to='strategic_plan.outcome', verbose_name='brings about')),
                ('strategy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='strategic_plan.strategy', verbose_name='what we do')),
            ],
            options={
                'verbose_name': 'step of the theory of change',
                'verbose_name_plural': 'steps of the theory of change',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outcome__isnull', False), ('strategy', None)), models.Q(('outcome', None), ('strategy__isnull', False)), _connector='OR'), name='link_from_one_thing'), models.UniqueConstraint(fields=('strategy', 'to'), name='link_strategy_once'), models.UniqueConstraint(fields=('outcome', 'to'), name='link_outcome_once')],
            },
        ),
    ]
